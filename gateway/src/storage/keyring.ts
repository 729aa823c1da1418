import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queries } from './queries.ts';

const KEY_BYTES = 32;
const KEY_FILE = 'encryption.key';
const PEPPER = 'token_pepper';

/** Makes the data folder, readable by its owner only. */
export async function makeDataFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/** The key in the data folder, made on first use. Processes that start together agree on one key. */
export async function encryptionKeyIn(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, KEY_FILE);
  const kept = await readKey(file);
  if (kept) return kept;
  await makeDataFolder(dataDir);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    // A link appears with its whole content and never replaces a key that another process made meanwhile.
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  const key = await readKey(file);
  if (!key) throw new Error(`${file} vanished while it was made`);
  return key;
}

async function readKey(file: string): Promise<Buffer | null> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  // A damaged key is never replaced: everything sealed with the true one would be lost for good.
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error(`${file} does not hold 64 hexadecimal digits`);
  return Buffer.from(text, 'hex');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * The key under which tokens are hashed for lookup. It lives in the database and not beside the encryption key:
 * an operator who loses that key can still authenticate, only the tokens can no longer be shown.
 */
export async function tokenPepper(db: Queries): Promise<Buffer> {
  await db
    .insertInto('meta')
    .values({ key: PEPPER, value: randomBytes(KEY_BYTES).toString('hex') })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await db.selectFrom('meta').select('value').where('key', '=', PEPPER).executeTakeFirstOrThrow();
  return Buffer.from(row.value, 'hex');
}
