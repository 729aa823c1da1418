import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Names a blob: whose it is, and an id that is ours. Neither may come from outside. */
export interface BlobName {
  instanceId: string;
  id: string;
}

/** A stream was longer than its reader had allowed. */
export class BlobTooLarge extends Error {
  override name = 'BlobTooLarge';
}

/** Ids and instance ids as the gateway makes them; anything else could lead out of the folder. */
const SAFE = /^[0-9A-Za-z-]{8,64}$/;
const ARRIVING = 'arriving';

/**
 * Files in a local folder: `<instance>/<first two characters of the id>/<id>`, readable by their owner only.
 *
 * Named by an id of ours and not by their hash: two tenants that got the same file share nothing, so no tenant learns
 * from a hit that another one has it, and deleting one is deleting it. Not sealed: the messages that hold the key
 * of each file lie beside it in the database just as readable; what protects both is the folder's mode and the disk.
 *
 * A file appears under its name only when it is complete and on disk.
 */
export class Blobs {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder, and clears away what a crash left half written. Before anything else is called. */
  async open(): Promise<void> {
    await rm(join(this.#root, ARRIVING), { recursive: true, force: true });
    await mkdir(join(this.#root, ARRIVING), { recursive: true, mode: 0o700 });
  }

  /**
   * Writes a stream, in the place of what was there; resolves with its bytes. When the stream fails or is longer than
   * `limit` (`BlobTooLarge`), nothing has changed.
   */
  async write(name: BlobName, source: AsyncIterable<Uint8Array>, limit: number): Promise<number> {
    const path = this.#path(name);
    const draft = join(this.#root, ARRIVING, randomUUID());
    try {
      const file = await open(draft, 'wx', 0o600);
      let size = 0;
      try {
        size = await pour(source, file, limit);
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(draft, path);
      return size;
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** Size in bytes; null when there is no such file. */
  async size(name: BlobName): Promise<number | null> {
    try {
      return (await stat(this.#path(name))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** The file as a stream, which fails with ENOENT when there is none. `chunk`: bytes of a read. */
  read(name: BlobName, chunk?: number): Readable {
    return createReadStream(this.#path(name), chunk === undefined ? {} : { highWaterMark: chunk });
  }

  async delete(name: BlobName): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  async deleteInstance(instanceId: string): Promise<void> {
    await rm(this.#folder(instanceId), { recursive: true, force: true });
  }

  /** Instances that have a folder here. */
  async instances(): Promise<string[]> {
    return (await readdir(this.#root)).filter((name) => name !== ARRIVING && SAFE.test(name));
  }

  /** Ids of an instance's files, a shard at a time; folders that hold nothing any more go on the way. */
  async *shards(instanceId: string): AsyncGenerator<string[]> {
    const folder = this.#folder(instanceId);
    for (const shard of await readdir(folder)) {
      const ids = await readdir(join(folder, shard));
      if (ids.length > 0) yield ids;
      // A file may be written into it at this very moment; then it is not empty and stays.
      else await rmdir(join(folder, shard)).catch(() => {});
    }
  }

  #folder(instanceId: string): string {
    if (!SAFE.test(instanceId)) throw new Error('not the id of an instance');
    return join(this.#root, instanceId);
  }

  #path({ instanceId, id }: BlobName): string {
    if (!SAFE.test(id)) throw new Error('not the id of a blob');
    return join(this.#folder(instanceId), id.slice(0, 2), id);
  }
}

async function pour(source: AsyncIterable<Uint8Array>, file: FileHandle, limit: number): Promise<number> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit) throw new BlobTooLarge(`more than ${limit} bytes`);
    await file.writev([chunk]);
  }
  return size;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
