import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';

/** The instance with this id; undefined when it was deleted. */
export function findInstance(db: Queries, id: string): Promise<InstanceRow | undefined> {
  return db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
}
