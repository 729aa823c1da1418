import type { Blobs } from '../../storage/blobs.ts';
import { inParts } from '../../storage/in-parts.ts';
import type { Queries } from '../../storage/queries.ts';
import { BATCH_ROWS, type Forget } from '../../storage/retention.ts';

const DAY_MS = 24 * 3_600_000;

export interface FileStore {
  db: Queries;
  blobs: Blobs;
}

/** Local files by their age. Their messages stay, and so do objects in buckets. */
export function forgetOldFiles(store: FileStore, days: number): Forget {
  return async (now) => {
    const old = await store.db
      .selectFrom('media')
      .select(['id', 'instance_id'])
      .where('size', 'is not', null)
      .where('created_at', '<', now - days * DAY_MS)
      .where('claim_id', 'is', null)
      .orderBy('created_at')
      .limit(BATCH_ROWS)
      .execute();
    await drop(store, old);
    return old.length;
  };
}

/**
 * What is more than the folder may hold: the oldest files of the instance with most in it, so that none pushes out
 * the files of another. `bytes` is for all together.
 */
export function forgetExcessFiles(store: FileStore, bytes: number): Forget {
  return async () => {
    const { db } = store;
    const owners = await db
      .selectFrom('media')
      .select(({ fn }) => ['instance_id', fn.sum<number | string>('size').as('bytes')])
      .where('size', 'is not', null)
      .groupBy('instance_id')
      .orderBy('bytes', 'desc')
      .execute();
    const excess = owners.reduce((sum, owner) => sum + Number(owner.bytes), 0) - bytes;
    const [largest] = owners;
    if (!largest || excess <= 0) return 0;
    const oldest = await db
      .selectFrom('media')
      .select(['id', 'instance_id', 'size'])
      .where('instance_id', '=', largest.instance_id)
      .where('size', 'is not', null)
      .where('claim_id', 'is', null)
      .orderBy('created_at')
      .limit(BATCH_ROWS)
      .execute();
    let freed = 0;
    const dropped = oldest.filter(({ size }) => {
      const isNeeded = freed < excess;
      freed += isNeeded ? (size ?? 0) : 0;
      return isNeeded;
    });
    await drop(store, dropped);
    // Another owner may have most now: as long as there is excess, there is another batch.
    return freed > 0 && freed < excess ? BATCH_ROWS : dropped.length;
  };
}

/** The row first: a file without a row is found by `forgetStrayFiles`, a row without its file would promise it. */
async function drop({ db, blobs }: FileStore, rows: { id: string; instance_id: string }[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await db.updateTable('media').set({ size: null, sha256: null }).where('id', 'in', ids).execute();
  for (const { id, instance_id: instanceId } of rows) await blobs.delete({ instanceId, id });
}

/** Files whose message or instance is gone. A row is there before its file, so a file without one belongs to no message. */
export function forgetStrayFiles({ db, blobs }: FileStore): Forget {
  return async () => {
    let strays = 0;
    for (const instanceId of await blobs.instances()) {
      const instance = db.selectFrom('instances').select('id').where('id', '=', instanceId);
      if (!(await instance.executeTakeFirst())) {
        await blobs.deleteInstance(instanceId);
        strays++;
        continue;
      }
      for await (const ids of blobs.shards(instanceId)) {
        for (const part of inParts(ids)) {
          const rows = await db.selectFrom('media').select('id').where('id', 'in', part).execute();
          const known = new Set(rows.map(({ id }) => id));
          for (const id of part.filter((one) => !known.has(one))) {
            await blobs.delete({ instanceId, id });
            strays++;
          }
        }
      }
    }
    return Math.min(strays, BATCH_ROWS - 1); // everything was gone over: no second round
  };
}
