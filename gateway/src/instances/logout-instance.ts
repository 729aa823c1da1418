import { Failure, failure } from '../failure.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Supervisor } from './supervisor.ts';

/** Unlinks the device and forgets its session; everything else of the instance stays. */
export async function logoutInstance(
  instance: InstanceRow,
  { supervisor }: { supervisor: Pick<Supervisor, 'logout'> },
): Promise<void> {
  try {
    await supervisor.logout(instance);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failure('operation_failed', { text: 'Failed to logout instance' }, error);
  }
}
