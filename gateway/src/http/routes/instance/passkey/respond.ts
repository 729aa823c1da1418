import { respondToPasskey } from '../../../../instances/passkey/answering.ts';
import { type Route, route } from '../../../route.ts';
import type { PasskeyDeps } from './body.ts';
import { nothingToAnswer } from './examples.ts';
import { RESPONSE_LIMIT, responseBody } from './fields.ts';

/** POST /api/instance/passkey/:instance/response; what becomes of the answer is an event. */
export function respondPasskey({ passkeys }: PasskeyDeps): Route {
  return route({
    method: 'POST',
    path: '/api/instance/passkey/:instance/response',
    summary: "Hand over the browser's answer for the passkey",
    examples: nothingToAnswer,
    access: { to: 'instance' },
    rate: 'global',
    body: responseBody,
    bodyLimit: RESPONSE_LIMIT,
    async handle({ instance, body: { id, credential } }) {
      respondToPasskey(passkeys.latest(instance.id), { id, credential });
      return { status: 202, body: { success: true, message: 'Passkey response accepted' } };
    },
  });
}
