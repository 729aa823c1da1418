import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from 'baileys';
import { batched } from '../../../async/batched.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import { KeyCache } from './key-cache.ts';
import { decodeKey, encodeKey, type KeyKind } from './key-codec.ts';
import { type KeyOwner, readKeyRows, writeKeyRows } from './key-rows.ts';
import { readPreKeys, writePreKeys } from './pre-key-blocks.ts';

export interface KeyStoreOptions extends KeyOwner {
  db: Queries;
  /**
   * A key that could not be written means that memory and database disagree about a ratchet; going on would damage
   * the Signal session beyond repair. One that could not be read makes Baileys take good messages for bad ones and
   * acknowledge them. So the connection must end; from here on nothing is read or written.
   */
  onFailed(error: unknown): void;
}

/** Signal and app-state keys of one instance, sealed, in the one database. */
export interface DatabaseKeyStore extends SignalKeyStore {
  /** What made it fail; null while all is well. */
  failure(): Error | null;
  /**
   * Refuses writes from now on and waits for those under way. A socket that ended goes on working for a moment; what
   * it wrote then would come after a logout, or into the keys of the next device.
   */
  retire(): Promise<void>;
}

type Found<K extends KeyKind> = Record<string, SignalDataTypeMap[K]>;

export function databaseKeyStore(options: KeyStoreOptions): DatabaseKeyStore {
  const { db, onFailed } = options;
  const cache = new KeyCache();
  /** Counts commits, so that what was read before one is not kept after it. */
  let commits = 0;
  const underWay = new Set<Promise<void>>();
  let retired = false;
  let failure: Error | null = null;

  async function orFail<T>(work: () => Promise<T>): Promise<T> {
    if (failure) throw failure;
    try {
      return await work();
    } catch (error) {
      failure ??= new Error('the keys of this connection cannot be reached', { cause: error });
      onFailed(error);
      throw error;
    }
  }

  async function read<K extends KeyKind>(kind: K, ids: string[]): Promise<Found<K>> {
    const found: Found<K> = {};
    const unknown: string[] = [];
    for (const id of ids) {
      const value = cache.get(kind, id);
      if (value === undefined) unknown.push(id);
      else if (value !== null) found[id] = value as SignalDataTypeMap[K];
    }
    if (unknown.length === 0) return found;
    const before = commits;
    const stored = await readStored(kind, unknown);
    if (before === commits) for (const id of unknown) cache.put(kind, id, stored[id]);
    return Object.assign(found, stored);
  }

  async function readStored<K extends KeyKind>(kind: K, ids: string[]): Promise<Found<K>> {
    if (kind === 'pre-key') return (await readPreKeys(db, options, ids)) as Found<K>;
    const rows = await readKeyRows(db, options, kind, ids);
    const found: Found<K> = {};
    for (const [id, bytes] of rows) found[id] = decodeKey(kind, bytes);
    return found;
  }

  const write = batched(async (batch: SignalDataSet[]) => {
    const data = merged(batch);
    await db.transaction().execute((trx) => writeKeys(trx, options, data));
    commits++;
    for (const [kind, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) cache.put(kind, id, value);
    }
  });

  return {
    failure: () => failure,
    get: (kind, ids) => orFail(() => read(kind, ids)),
    async set(data) {
      if (retired) throw new Error('the connection of these keys is over');
      const writing = orFail(() => write(data));
      underWay.add(writing);
      try {
        await writing;
      } finally {
        underWay.delete(writing);
      }
    },
    async retire() {
      retired = true;
      await Promise.allSettled(underWay);
    },
  };
}

/** Later values take the place of earlier ones. */
function merged(batch: SignalDataSet[]): SignalDataSet {
  const [only] = batch;
  if (only && batch.length === 1) return only;
  const all: Record<string, Record<string, unknown>> = {};
  for (const data of batch) {
    for (const [kind, values] of Object.entries(data)) all[kind] = { ...all[kind], ...values };
  }
  return all as SignalDataSet;
}

/** Writes a set of keys within a transaction; `null` deletes. */
export async function writeKeys(
  trx: DatabaseTransaction,
  owner: KeyOwner,
  { 'pre-key': preKeys, ...kinds }: SignalDataSet,
): Promise<void> {
  if (preKeys) await writePreKeys(trx, owner, preKeys);
  for (const [kind, values] of Object.entries(kinds)) {
    const rows = Object.entries(values).map(([id, value]): [string, Buffer | null] => [
      id,
      value === null || value === undefined ? null : encodeKey(value),
    ]);
    await writeKeyRows(trx, owner, kind, rows);
  }
}
