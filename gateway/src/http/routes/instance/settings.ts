import { z } from 'zod';
import { settingsOf } from '../../../instances/settings.ts';
import { says } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { settingsWritten } from './examples.ts';
import { settingsFields } from './fields.ts';

const body = z
  .object(settingsFields)
  .refine(
    (patch) => Object.values(patch).some((value) => value !== undefined),
    says('At least one setting must be provided'),
  );

export function updateSettings({
  records,
  supervisor,
  log,
}: Pick<InstanceRouteDeps, 'records' | 'supervisor' | 'log'>): Route {
  return route({
    method: 'POST',
    path: '/api/instance/settings/:instance',
    summary: 'Change some of the behaviour flags',
    examples: settingsWritten,
    access: { to: 'instance' },
    failed: 'Failed to update settings configuration',
    body,
    async handle({ instance, body }) {
      const changed = await records.updateSettings(instance.id, body);
      if (body.keepOnlineStatus !== undefined) {
        // The flag is kept; a connection that breaks at this moment takes it up when it is open again.
        await supervisor.settingsChanged(changed).catch((error: unknown) => {
          log.warn({ instanceId: instance.id, err: error }, 'could not apply a setting to the open session');
        });
      }
      return {
        body: { success: true, message: 'Settings updated successfully', settings: settingsOf(changed) },
      };
    },
  });
}
