import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderOf, isInstalled } from '../installed.ts';
import { pointedAt } from './patch.ts';

/** Published for Linux on x64 only. */
const PACKAGE = '@whatsmeow-node/linux-x64';

/** As `isInstalled`. */
export const whatsmeowIsHere = (): boolean => isInstalled(PACKAGE);

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
  await writeFile(
    file,
    pointedAt(await readFile(join(folderOf(PACKAGE), 'bin', 'whatsmeow-node')), sandbox),
    { mode: 0o700 },
  );
  return { file, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
