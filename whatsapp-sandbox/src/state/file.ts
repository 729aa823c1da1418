import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import { fromJson, toJson } from './bytes.ts';
import { checkSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts';

const SAVE_EVERY_MS = 1000;

/** Reads a state file; undefined when there is none yet, an error when it cannot be used. */
export function readState(path: string): Snapshot | undefined {
  if (!existsSync(path)) return undefined;
  return checkSnapshot(fromJson(JSON.parse(readFileSync(path, 'utf8'))));
}

/** Writes the whole state beside the old file and puts it in its place, so that a crash leaves one of the two. */
function writeState(path: string, snapshot: Snapshot): void {
  const beside = `${path}.new`;
  writeFileSync(beside, JSON.stringify(toJson(snapshot)), { mode: 0o600 });
  renameSync(beside, path);
}

/** Saves once a second while things change; the returned function saves a last time and stops. */
export function keepState(ctx: ServerContext, phones: Phones, path: string): () => void {
  const save = () => {
    if (!ctx.dirty) return;
    ctx.dirty = false;
    try {
      writeState(path, takeSnapshot(ctx, phones));
    } catch (error) {
      ctx.dirty = true;
      ctx.log.error({ err: error, path }, 'state could not be saved');
    }
  };
  ctx.touch();
  save();
  const timer = setInterval(save, SAVE_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    ctx.touch();
    save();
  };
}
