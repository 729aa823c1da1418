import type { InstanceRow } from '../storage/schema.ts';
import type { InstanceRecords } from './records.ts';
import type { Supervisor } from './supervisor.ts';

/**
 * Takes an instance away: its connection first, because a running session would write rows that are being deleted.
 * When that fails the row is still there, so the call can be repeated.
 */
export async function removeInstance(
  {
    records,
    supervisor,
  }: { records: Pick<InstanceRecords, 'delete'>; supervisor: Pick<Supervisor, 'remove'> },
  instance: InstanceRow,
): Promise<void> {
  await supervisor.remove(instance);
  await records.delete(instance);
}
