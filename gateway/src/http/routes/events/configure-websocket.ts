import { z } from 'zod';
import { configureWebsocket, websocketView } from '../../../events/sockets/websocket-config.ts';
import { eventNames, optionalFlag, requiredFlag } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { configureRoute } from './configure-route.ts';
import type { EventRouteDeps } from './deps.ts';
import { websocketWritten } from './examples.ts';

const body = z.object({
  enabled: requiredFlag,
  events: eventNames,
  mediaBase64: optionalFlag,
});

/** POST /api/events/websocket/:instance */
export function configureWebsocketRoute(deps: EventRouteDeps): Route {
  return configureRoute(
    {
      channel: 'websocket',
      summary: 'Create or update the WebSocket configuration',
      examples: websocketWritten,
      body,
      message: 'WebSocket configuration updated',
      async configure(instanceId, input) {
        const row = await configureWebsocket(deps.db, deps, instanceId, input);
        return websocketView(row);
      },
    },
    deps,
  );
}
