import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encryptionKeyIn, tokenPepper } from './keyring.ts';
import { databases } from './testing/databases.ts';

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ryze-keys-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the encryption key', () => {
  it('is made once, for its owner only', async () => {
    const folder = await dataFolder();
    const key = await encryptionKeyIn(folder);
    expect(key).toHaveLength(32);
    expect(await encryptionKeyIn(folder)).toEqual(key);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, 'encryption.key'))).toBe(0o600);
  });

  it('is the same for all who start at the same time, and no draft stays behind', async () => {
    const folder = await dataFolder();
    const keys = await Promise.all(Array.from({ length: 10 }, () => encryptionKeyIn(folder)));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['encryption.key']);
  });

  it('is never replaced when the file is damaged', async () => {
    const folder = await dataFolder();
    await encryptionKeyIn(folder);
    await writeFile(join(folder, 'encryption.key'), 'damaged');
    await expect(encryptionKeyIn(folder)).rejects.toThrow('does not hold 64 hexadecimal digits');
  });
});

describe.each(databases)('the token pepper on $name', ({ open }) => {
  it('is made once, also when several ask at the same time', async () => {
    const { db } = await open();
    const peppers = await Promise.all(Array.from({ length: 5 }, () => tokenPepper(db)));
    expect(new Set(peppers.map((pepper) => pepper.toString('hex'))).size).toBe(1);
    expect(peppers[0]).toHaveLength(32);
  });
});
