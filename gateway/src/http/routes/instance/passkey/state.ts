import { type Route, route } from '../../../route.ts';
import { helperUrl, type PasskeyDeps, passkeyBody, runningView } from './body.ts';
import { passkeyState } from './examples.ts';

/** GET /api/instance/passkey/:instance */
export function readPasskey(deps: PasskeyDeps): Route {
  return route({
    method: 'GET',
    path: '/api/instance/passkey/:instance',
    summary: 'Read what linking by passkey waits for',
    examples: passkeyState,
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance: { id: instanceId } }) {
      const view = runningView(deps.passkeys.latest(instanceId));
      const url = view && helperUrl(deps, { instanceId, id: view.id });
      return {
        body: { success: true, message: 'Passkey state retrieved', passkey: passkeyBody(view, url) },
      };
    },
  });
}
