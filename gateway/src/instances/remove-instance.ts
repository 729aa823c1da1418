import type { InstanceRow } from '../storage/schema.ts';
import type { InstanceRecords } from './records.ts';
import type { Supervisor } from './supervisor.ts';

export interface RemoveInstanceDeps {
  records: Pick<InstanceRecords, 'delete'>;
  supervisor: Pick<Supervisor, 'remove'>;
}

/**
 * Deletes an instance: its connection first, because a running session would write rows that are being deleted. When
 * that fails the row is still there, so the call can be repeated.
 */
export async function removeInstance(
  instance: InstanceRow,
  { records, supervisor }: RemoveInstanceDeps,
): Promise<void> {
  await supervisor.remove(instance);
  await records.delete(instance);
}
