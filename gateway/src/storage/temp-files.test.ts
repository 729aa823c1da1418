import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TempFiles } from './temp-files.ts';

test('what a crash left behind is swept at the start, and a folder goes with its work', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'temp-files-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const root = join(dataDir, 'temporary');
  await mkdir(join(root, 'work-old'), { recursive: true });
  await writeFile(join(root, 'work-old', '1'), 'left behind');
  await writeFile(join(dataDir, 'gateway.db'), 'kept');

  const files = new TempFiles(dataDir);
  await files.sweep();
  expect(await readdir(root)).toEqual([]);
  const folder = await files.folder();
  const [first, second] = [folder.next(), folder.next()];
  await writeFile(first, 'x');
  await writeFile(second, 'y');
  expect(await readdir(root)).toHaveLength(1);
  await folder.remove();
  expect(await readdir(root)).toEqual([]);
  expect((await readdir(dataDir)).sort()).toEqual(['gateway.db', 'temporary']);
});
