import { cancelPasskey } from '../../../../instances/passkey/answering.ts';
import { type Route, route } from '../../../route.ts';
import type { PasskeyDeps } from './body.ts';
import { nothingToCancel } from './examples.ts';

/** DELETE /api/instance/passkey/:instance; a fresh QR follows. */
export function cancelPasskeyRoute({ passkeys }: PasskeyDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/instance/passkey/:instance',
    summary: 'End linking by passkey, and show a fresh QR',
    examples: nothingToCancel,
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      cancelPasskey(passkeys.latest(instance.id));
      return { body: { success: true, message: 'Passkey ceremony cancelled' } };
    },
  });
}
