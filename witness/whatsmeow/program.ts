import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pointedAt } from './patch.ts';

const PACKAGE = '@whatsmeow-node/linux-x64';
const PUBLISHED = join(
  import.meta.dirname,
  '..',
  'clients',
  'node_modules',
  ...PACKAGE.split('/'),
  'bin',
  'whatsmeow-node',
);

/**
 * Whether whatsmeow can run here. Its package exists for Linux on x64 only: elsewhere one line says that its tests were
 * not run; on CI that would hide all of them, so there it is a failure.
 */
export function whatsmeowIsHere(): boolean {
  if (existsSync(PUBLISHED)) return true;
  const message = `${PACKAGE} is not installed (node scripts/install-witnesses.ts; Linux on x64 only)`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}: the tests with whatsmeow were not run\n`);
  return false;
}

/** The program of one sandbox, in a folder that `remove` deletes with all that its clients stored there. */
export interface WhatsmeowProgram {
  file: string;
  folder: string;
  remove(): Promise<void>;
}

/** Makes a copy of the program that takes a sandbox for WhatsApp. */
export async function makeProgram(sandbox: { url: string; rootKey: string }): Promise<WhatsmeowProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'witness-'));
  const file = join(folder, 'whatsmeow');
  await writeFile(file, pointedAt(await readFile(PUBLISHED), sandbox), { mode: 0o700 });
  return { file, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
