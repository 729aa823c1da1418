import { inParts } from '../../../storage/in-parts.ts';
import { query } from '../../../storage/prepared.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import type { Seal } from '../../../storage/seal.ts';

/** Rows of one statement: SQLite and PostgreSQL both take far more parameters than 4 × 200. */
const ROWS_PER_STATEMENT = 200;

/** Whose keys, and with what they are sealed. */
export interface KeyOwner {
  seal: Seal;
  instanceId: string;
}

interface Row {
  instance_id: string;
  kind: string;
  id: string;
  value_sealed: Uint8Array;
}

const upsert = (db: Queries, rows: Row[]) =>
  db
    .insertInto('session_keys')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['instance_id', 'kind', 'id'])
        .doUpdateSet((eb) => ({ value_sealed: eb.ref('excluded.value_sealed') })),
    );

/** Ratchets move one at a time, so most writes are of one row. */
const upsertOne = query((db, { instance_id, kind, id, value_sealed }: Row) =>
  upsert(db, [{ instance_id, kind, id, value_sealed }]),
);

const selectOne = query((db, { instanceId, kind, id }: { instanceId: string; kind: string; id: string }) =>
  db
    .selectFrom('session_keys')
    .select(['id', 'value_sealed'])
    .where('instance_id', '=', instanceId)
    .where('kind', '=', kind)
    .where('id', '=', id),
);

/** The values of one kind that exist, by id. */
export async function readKeyRows(
  db: Queries,
  { seal, instanceId }: KeyOwner,
  kind: string,
  ids: string[],
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const some of inParts(ids, ROWS_PER_STATEMENT)) {
    const rows = await selectRows(db, instanceId, kind, some);
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
  for (const ids of inParts(removed, ROWS_PER_STATEMENT)) {
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
  for (const some of inParts(rows, ROWS_PER_STATEMENT)) {
    const [only] = some;
    if (only && some.length === 1) await upsertOne(trx, only);
    else await upsert(trx, some).execute();
  }
}

async function selectRows(db: Queries, instanceId: string, kind: string, ids: string[]) {
  const [only] = ids;
  if (only !== undefined && ids.length === 1)
    return (await selectOne(db, { instanceId, kind, id: only })).rows;
  return db
    .selectFrom('session_keys')
    .select(['id', 'value_sealed'])
    .where('instance_id', '=', instanceId)
    .where('kind', '=', kind)
    .where('id', 'in', ids)
    .execute();
}

function keyContext(instanceId: string, kind: string, id: string): string {
  return `instance:${instanceId}:key:${kind}:${id}`;
}
