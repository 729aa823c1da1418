import { settingsOf } from '../../../instances/settings.ts';
import { type Route, route } from '../../route.ts';
import { settingsRead } from './examples.ts';

export function getSettings(): Route {
  return route({
    method: 'GET',
    path: '/api/instance/getSettings/:instance',
    summary: 'Read the behaviour flags',
    examples: settingsRead,
    access: { to: 'instance' },
    failed: 'Failed to get settings configuration',
    async handle({ instance }) {
      return {
        body: { success: true, message: 'Settings retrieved successfully', settings: settingsOf(instance) },
      };
    },
  });
}
