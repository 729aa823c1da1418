import { Failure, failure } from '../../../failure.ts';
import type { Supervisor } from '../../../instances/supervisor.ts';
import { type Route, route } from '../../route.ts';
import { loggedOut } from './examples.ts';

/** Unlinks the device and forgets its session; everything else of the instance stays. */
export function logoutInstance({ supervisor }: { supervisor: Supervisor }): Route {
  return route({
    method: 'DELETE',
    path: '/api/instance/logout/:instance',
    summary: 'Unlink the device from WhatsApp',
    examples: loggedOut,
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      try {
        await supervisor.logout(instance);
      } catch (error) {
        if (error instanceof Failure) throw error;
        throw failure('operation_failed', { text: 'Failed to logout instance' }, error);
      }
      return { body: { success: true, message: 'Instance logged out', instance: { status: 'loggedout' } } };
    },
  });
}
