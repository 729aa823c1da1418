import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';

/**
 * Serialises the configuration of one instance: the row that says when it was last configured is written first, so
 * a second transaction waits here and then counts what the first one left. Without it two calls at the same time
 * could pass a limit together.
 */
export async function lockConfiguration(trx: Queries, instanceId: string, now: number): Promise<void> {
  const locked = await trx
    .updateTable('instances')
    .set({ updated_at: now })
    .where('id', '=', instanceId)
    .executeTakeFirst();
  if (locked.numUpdatedRows === 0n) throw failure('instance_unknown');
}
