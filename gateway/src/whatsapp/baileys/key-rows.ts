import type { DatabaseTransaction, Queries } from '../../storage/database.ts';
import type { Seal } from '../../storage/seal.ts';

/** Rows of one statement: SQLite and PostgreSQL both take far more parameters than 4 × 200. */
const ROWS_PER_STATEMENT = 200;

/** Whose keys, and with what they are sealed. */
export interface KeyOwner {
  seal: Seal;
  instanceId: string;
}

/** The values of one kind that exist, by id. */
export async function readKeyRows(
  db: Queries,
  { seal, instanceId }: KeyOwner,
  kind: string,
  ids: string[],
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const some of chunks(ids)) {
    const rows = await db
      .selectFrom('session_keys')
      .select(['id', 'value_sealed'])
      .where('instance_id', '=', instanceId)
      .where('kind', '=', kind)
      .where('id', 'in', some)
      .execute();
    for (const row of rows) {
      found.set(row.id, seal.open(row.value_sealed, keyContext(instanceId, kind, row.id)));
    }
  }
  return found;
}

/** Writes values of one kind; null deletes. */
export async function writeKeyRows(
  trx: DatabaseTransaction,
  { seal, instanceId }: KeyOwner,
  kind: string,
  values: [id: string, value: Uint8Array | null][],
): Promise<void> {
  const removed = values.filter(([, value]) => value === null).map(([id]) => id);
  for (const ids of chunks(removed)) {
    await trx
      .deleteFrom('session_keys')
      .where('instance_id', '=', instanceId)
      .where('kind', '=', kind)
      .where('id', 'in', ids)
      .execute();
  }
  const rows = values.flatMap(([id, value]) =>
    value === null
      ? []
      : {
          instance_id: instanceId,
          kind,
          id,
          value_sealed: seal.seal(value, keyContext(instanceId, kind, id)),
        },
  );
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
