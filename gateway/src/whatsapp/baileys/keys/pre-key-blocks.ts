import type { KeyPair, SignalDataSet } from 'baileys';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import { type KeyOwner, readKeyRows, writeKeyRows } from './key-rows.ts';

/*
 * A device uploads 812 one-time pre-keys when it is linked. They are kept in blocks: sealing and inserting each for
 * itself was a fifth of the work of linking a number, and hardly any of them is ever asked for.
 */
const KIND = 'pre-key-block';
const BLOCK_IDS = 64;
const KEY_BYTES = 32;
const ENTRY_BYTES = 1 + 2 * KEY_BYTES;

/** Pre-keys by id. */
export type PreKeys = Map<string, KeyPair>;

/** Name of the block in which a pre-key lies. */
export function blockOf(id: string): string {
  return String(Math.floor(Number(id) / BLOCK_IDS));
}

/** An entry is the place within the block, the public and the private key. */
export function encodeBlock(preKeys: PreKeys): Buffer {
  return Buffer.concat(
    [...preKeys].flatMap(([id, pair]) => [Buffer.of(Number(id) % BLOCK_IDS), pair.public, pair.private]),
  );
}

export function decodeBlock(block: string, bytes: Buffer): PreKeys {
  const preKeys: PreKeys = new Map();
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const place = bytes[at] ?? 0;
    const keys = bytes.subarray(at + 1, at + ENTRY_BYTES);
    preKeys.set(String(Number(block) * BLOCK_IDS + place), {
      public: keys.subarray(0, KEY_BYTES),
      private: keys.subarray(KEY_BYTES),
    });
  }
  return preKeys;
}

/** Those of these pre-keys that exist. */
export async function readPreKeys(
  db: Queries,
  owner: KeyOwner,
  ids: string[],
): Promise<Record<string, KeyPair>> {
  const blocks = await readBlocks(db, owner, ids);
  return Object.fromEntries(
    ids.flatMap((id) => {
      const pair = blocks.get(blockOf(id))?.get(id);
      return pair ? [[id, pair]] : [];
    }),
  );
}

/** Writes pre-keys into their blocks; null deletes. One call at a time: a block is read and written as a whole. */
export async function writePreKeys(
  trx: DatabaseTransaction,
  owner: KeyOwner,
  values: NonNullable<SignalDataSet['pre-key']>,
): Promise<void> {
  const ids = Object.keys(values);
  const blocks = await readBlocks(trx, owner, ids);
  for (const id of ids) {
    const block = blocks.get(blockOf(id)) ?? new Map();
    blocks.set(blockOf(id), block);
    const pair = values[id];
    if (pair) block.set(id, pair);
    else block.delete(id);
  }
  const rows = [...blocks].map(([name, block]): [string, Buffer | null] => [
    name,
    block.size > 0 ? encodeBlock(block) : null,
  ]);
  await writeKeyRows(trx, owner, KIND, rows);
}

async function readBlocks(db: Queries, owner: KeyOwner, ids: string[]): Promise<Map<string, PreKeys>> {
  const names = [...new Set(ids.map(blockOf))];
  const rows = await readKeyRows(db, owner, KIND, names);
  return new Map([...rows].map(([name, bytes]) => [name, decodeBlock(name, bytes)]));
}
