import type { Supervisor } from '../../../instances/supervisor.ts';
import { type Route, route } from '../../route.ts';
import { reconnecting } from './examples.ts';

/** Opens the connection again from the saved session. */
export function reconnectInstance({ supervisor }: { supervisor: Supervisor }): Route {
  return route({
    method: 'POST',
    path: '/api/instance/reconnect/:instance',
    summary: 'Open the connection again from the saved session',
    examples: reconnecting,
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      await supervisor.reconnect(instance);
      return { body: { success: true, message: 'Reconnect initiated', status: 'connecting' } };
    },
  });
}
