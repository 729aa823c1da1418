import { logoutInstance } from '../../../instances/logout-instance.ts';
import type { Supervisor } from '../../../instances/supervisor.ts';
import { type Route, route } from '../../route.ts';
import { loggedOut } from './examples.ts';

/** DELETE /api/instance/logout/:instance */
export function logoutRoute(deps: { supervisor: Supervisor }): Route {
  return route({
    method: 'DELETE',
    path: '/api/instance/logout/:instance',
    summary: 'Unlink the device from WhatsApp',
    examples: loggedOut,
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      await logoutInstance(instance, deps);
      return { body: { success: true, message: 'Instance logged out', instance: { status: 'loggedout' } } };
    },
  });
}
