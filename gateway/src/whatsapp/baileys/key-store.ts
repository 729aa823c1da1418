import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from 'baileys';
import type { DatabaseTransaction, Queries } from '../../storage/database.ts';
import type { Seal } from '../../storage/seal.ts';
import { decodeKey, encodeKey, type KeyKind } from './key-codec.ts';

/** Rows of one statement: SQLite and PostgreSQL both take far more parameters than 4 × 200. */
const ROWS_PER_STATEMENT = 200;

export interface KeyStoreOptions {
  db: Queries;
  seal: Seal;
  instanceId: string;
  /**
   * A key that could not be written means that memory and database disagree about a ratchet; going on would damage
   * the Signal session for good. One that could not be read makes Baileys take good messages for bad ones and
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

export function databaseKeyStore(options: KeyStoreOptions): DatabaseKeyStore {
  const { db, seal, instanceId, onFailed } = options;
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

  async function read<K extends KeyKind>(kind: K, ids: string[]) {
    const found: Record<string, SignalDataTypeMap[K]> = {};
    for (const some of chunks(ids)) {
      const rows = await db
        .selectFrom('session_keys')
        .select(['id', 'value_sealed'])
        .where('instance_id', '=', instanceId)
        .where('kind', '=', kind)
        .where('id', 'in', some)
        .execute();
      for (const row of rows) {
        found[row.id] = decodeKey(kind, seal.open(row.value_sealed, keyContext(instanceId, kind, row.id)));
      }
    }
    return found;
  }

  const write = (data: SignalDataSet) =>
    db.transaction().execute((trx) => writeKeys(trx, seal, instanceId, data));

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

/** Writes a set of keys within a transaction; `null` deletes. */
export async function writeKeys(
  trx: DatabaseTransaction,
  seal: Seal,
  instanceId: string,
  data: SignalDataSet,
): Promise<void> {
  for (const [kind, values] of Object.entries(data)) {
    const entries = Object.entries(values);
    const removed = entries.filter(([, value]) => value === null || value === undefined).map(([id]) => id);
    for (const ids of chunks(removed)) {
      await trx
        .deleteFrom('session_keys')
        .where('instance_id', '=', instanceId)
        .where('kind', '=', kind)
        .where('id', 'in', ids)
        .execute();
    }
    const rows = entries
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([id, value]) => ({
        instance_id: instanceId,
        kind,
        id,
        value_sealed: seal.seal(encodeKey(value), keyContext(instanceId, kind, id)),
      }));
    for (const some of chunks(rows)) {
      await trx
        .insertInto('session_keys')
        .values(some)
        .onConflict((conflict) =>
          conflict
            .columns(['instance_id', 'kind', 'id'])
            .doUpdateSet((eb) => ({ value_sealed: eb.ref('excluded.value_sealed') })),
        )
        .execute();
    }
  }
}

function keyContext(instanceId: string, kind: string, id: string): string {
  return `instance:${instanceId}:key:${kind}:${id}`;
}

function chunks<T>(items: T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += ROWS_PER_STATEMENT) {
    result.push(items.slice(start, start + ROWS_PER_STATEMENT));
  }
  return result;
}
