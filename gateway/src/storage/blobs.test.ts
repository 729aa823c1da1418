import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { Blobs } from './blobs.ts';

const A = { instanceId: 'instance-a', id: '0123456789' };
const B = { instanceId: 'instance-b', id: '0123456789' };

async function* chunks(...parts: Uint8Array[]) {
  yield* parts;
}

async function* broken() {
  yield randomBytes(10);
  throw new Error('connection lost');
}

describe('files in the data folder', () => {
  let root: string;
  let blobs: Blobs;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ryze-blobs-'));
    blobs = new Blobs(root);
    await blobs.open();
    return () => rm(root, { recursive: true, force: true });
  });
  const files = async () =>
    (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

  test('one is read back as it was written, by its owner alone', async () => {
    const parts = [randomBytes(100_000), randomBytes(1)];
    expect(await blobs.write(A, chunks(...parts), 100_001)).toBe(100_001);
    expect(await blobs.size(A)).toBe(100_001);
    expect(Buffer.concat(parts).equals(await buffer(blobs.read(A)))).toBe(true);
    const [file] = await files();
    expect((await stat(join(file!.parentPath, file!.name))).mode & 0o777).toBe(0o600);
    expect((await stat(file!.parentPath)).mode & 0o777).toBe(0o700);
  });

  test('the same name of two instances is two files', async () => {
    await blobs.write(A, chunks(Buffer.from('a')), 1);
    await blobs.write(B, chunks(Buffer.from('b')), 1);
    expect(String(await buffer(blobs.read(A)))).toBe('a');
    await blobs.deleteInstance(A.instanceId);
    expect(await blobs.size(A)).toBeNull();
    expect(String(await buffer(blobs.read(B)))).toBe('b');
  });

  test('a stream that breaks or is too long leaves what was there, and no rest', async () => {
    await blobs.write(A, chunks(Buffer.from('old')), 3);
    await expect(blobs.write(A, broken(), 100)).rejects.toThrow('connection lost');
    await expect(blobs.write(A, chunks(Buffer.from('long')), 3)).rejects.toMatchObject({
      name: 'BlobTooLarge',
    });
    expect(String(await buffer(blobs.read(A)))).toBe('old');
    expect(await files()).toHaveLength(1);
  });

  test('what a crash left half written goes at the next start', async () => {
    await writeFile(join(root, 'arriving', 'half'), 'x');
    await blobs.open();
    expect(await files()).toEqual([]);
  });

  test.each(['../../etc/passwd', '', 'a/b-long-enough', '..', 'nul\0-long-enough'])(
    'a name from outside never becomes a path: %j',
    async (name) => {
      await expect(blobs.write({ ...A, id: name }, chunks(), 1)).rejects.toThrow('not the id');
      await expect(blobs.deleteInstance(name)).rejects.toThrow('not the id');
    },
  );

  test('they can be gone over, empty folders going on the way', async () => {
    await blobs.write(A, chunks(Buffer.from('a')), 1);
    await blobs.delete(A);
    await blobs.write({ ...A, id: 'ff23456789' }, chunks(Buffer.from('a')), 1);
    expect(await blobs.instances()).toEqual([A.instanceId]);
    const shards: string[][] = [];
    for await (const shard of blobs.shards(A.instanceId)) shards.push(shard);
    expect(shards).toEqual([['ff23456789']]);
    expect(await readdir(join(root, A.instanceId))).toEqual(['ff']);
  });
});
