import { z } from 'zod';
import { configureWebhook } from '../../../events/webhooks/webhook-config.ts';
import { webhookView } from '../../../events/webhooks/webhook-view.ts';
import { absentWhenNull, eventNames, optionalFlag, requiredFlag } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { configureRoute } from './configure-route.ts';
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

/** POST /api/events/webhook/:instance */
export function configureWebhookRoute(deps: EventRouteDeps): Route {
  return configureRoute(
    {
      channel: 'webhook',
      summary: 'Create or update a webhook',
      examples: webhookWritten,
      body,
      message: 'Webhook configuration updated',
      async configure(instanceId, input) {
        const row = await configureWebhook(deps.db, deps, instanceId, input);
        return webhookView(deps, row);
      },
    },
    deps,
  );
}
