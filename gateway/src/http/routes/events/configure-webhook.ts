import { z } from 'zod';
import { configureWebhook } from '../../../events/webhooks/webhook-config.ts';
import { webhookView } from '../../../events/webhooks/webhook-view.ts';
import { absentWhenNull, eventNames, optionalFlag, requiredFlag } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { webhookWritten } from './examples.ts';

const body = z.object({
  label: absentWhenNull(z.string()),
  enabled: requiredFlag,
  url: absentWhenNull(z.string()),
  authorization: z.string().nullish(),
  byEvents: optionalFlag,
  events: eventNames,
  mediaBase64: optionalFlag,
  includeToken: optionalFlag,
  rotateSecret: optionalFlag,
});

export function configureWebhookRoute(deps: EventRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/events/webhook/:instance',
    summary: 'Create or update a webhook',
    examples: webhookWritten,
    access: { to: 'instance' },
    rate: 'global',
    failed: 'Failed to get instance',
    body,
    bodyErrors: 'short',
    async handle({ instance, body }) {
      const row = await configureWebhook(deps.db, deps, instance.id, body);
      deps.channels.changed(instance.id);
      return {
        body: { success: true, message: 'Webhook configuration updated', webhook: webhookView(deps, row) },
      };
    },
  });
}
