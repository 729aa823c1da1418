import { confirmPasskey } from '../../../../instances/passkey/answering.ts';
import { type Route, route } from '../../../route.ts';
import type { PasskeyDeps } from './body.ts';
import { nothingToConfirm } from './examples.ts';
import { confirmBody } from './fields.ts';

/** POST /api/instance/passkey/:instance/confirm */
export function confirmPasskeyRoute({ passkeys }: PasskeyDeps): Route {
  return route({
    method: 'POST',
    path: '/api/instance/passkey/:instance/confirm',
    summary: 'Say that the phone shows the same code',
    examples: nothingToConfirm,
    access: { to: 'instance' },
    rate: 'global',
    body: confirmBody,
    async handle({ instance, body }) {
      confirmPasskey(passkeys.latest(instance.id), body.id);
      return { status: 202, body: { success: true, message: 'Passkey confirmation accepted' } };
    },
  });
}
