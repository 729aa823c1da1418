import { readPrivacy } from '../../../instances/profile/privacy.ts';
import { type Route, route } from '../../route.ts';
import type { ProfileRouteDeps } from './deps.ts';
import { exampleSettings, settingsView } from './privacy-settings.ts';

/** GET /api/profile/getPrivacy/:instance and its alias GET /api/profile/privacy/:instance */
export function getPrivacyRoutes(deps: ProfileRouteDeps): Route[] {
  const message = 'Privacy settings retrieved successfully';
  return ['getPrivacy', 'privacy'].map((name) =>
    route({
      method: 'GET',
      path: `/api/profile/${name}/:instance`,
      summary: 'All privacy settings',
      examples: [{ answer: { success: true, message, settings: exampleSettings } }],
      access: { to: 'instance' },
      rate: 'global',
      async handle({ instance }) {
        return {
          body: { success: true, message, settings: settingsView(await readPrivacy(instance, deps)) },
        };
      },
    }),
  );
}
