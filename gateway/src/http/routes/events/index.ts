import type { Route } from '../../route.ts';
import { configureWebhookRoute } from './configure-webhook.ts';
import { configureWebsocketRoute } from './configure-websocket.ts';
import type { EventRouteDeps } from './deps.ts';
import { getWebhookRoute } from './get-webhook.ts';
import { getWebsocketRoute } from './get-websocket.ts';
import { listDeliveriesRoute } from './list-deliveries.ts';
import { readLogRoute } from './read-log.ts';
import { replayRoute } from './replay.ts';

/** `/api/events/*` */
export function eventRoutes(deps: EventRouteDeps): Route[] {
  return [
    configureWebhookRoute(deps),
    getWebhookRoute(deps, '/api/events/getWebhook/:instance'),
    getWebhookRoute(deps, '/api/events/webhook/:instance'),
    configureWebsocketRoute(deps),
    getWebsocketRoute(deps),
    listDeliveriesRoute(deps),
    replayRoute(deps),
    readLogRoute(deps),
  ];
}
