import { z } from 'zod';
import { proxyView } from '../../../instances/proxy.ts';
import { requiredFlag } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { InstanceRouteDeps } from './deps.ts';
import { proxyWritten } from './examples.ts';
import { anyText, textOrNumber } from './fields.ts';
import { proxySettings } from './proxy-fields.ts';

const body = z.object({
  enabled: requiredFlag,
  host: anyText,
  port: textOrNumber,
  protocol: anyText,
  username: anyText,
  password: anyText,
});

export function setProxy({ records, allowed }: Pick<InstanceRouteDeps, 'records' | 'allowed'>): Route {
  return route({
    method: 'POST',
    path: '/api/instance/proxy/:instance',
    summary: 'Set or remove the proxy',
    examples: proxyWritten,
    access: { to: 'instance' },
    failed: 'Failed to update proxy configuration',
    body,
    async handle({ instance, body: { enabled, ...fields } }) {
      const proxy = enabled ? proxySettings(fields, (name) => name, allowed) : null;
      const changed = await records.setProxy(instance.id, proxy);
      return {
        body: {
          success: true,
          message: 'Proxy configuration updated successfully',
          proxy: proxyView(changed),
        },
      };
    },
  });
}
