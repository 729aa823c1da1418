import { z } from 'zod';
import { settingsOf } from '../../../instances/settings.ts';
import { type UpdateSettingsDeps, updateSettings } from '../../../instances/update-settings.ts';
import { textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import { settingsWritten } from './examples.ts';
import { settingsFields } from './fields.ts';

const body = z
  .object(settingsFields)
  .refine(
    (patch) => Object.values(patch).some((value) => value !== undefined),
    textError('At least one setting must be provided'),
  );

/** POST /api/instance/settings/:instance */
export function settingsRoute(deps: UpdateSettingsDeps): Route {
  return route({
    method: 'POST',
    path: '/api/instance/settings/:instance',
    summary: 'Change some of the behaviour flags',
    examples: settingsWritten,
    access: { to: 'instance' },
    failed: 'Failed to update settings configuration',
    body,
    async handle({ instance, body }) {
      const changed = await updateSettings(instance, body, deps);
      return {
        body: { success: true, message: 'Settings updated successfully', settings: settingsOf(changed) },
      };
    },
  });
}
