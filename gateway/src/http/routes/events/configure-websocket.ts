import { z } from 'zod';
import { configureWebsocket, websocketView } from '../../../events/sockets/websocket-config.ts';
import { eventNames, optionalFlag, requiredFlag } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { websocketWritten } from './examples.ts';

const body = z.object({
  enabled: requiredFlag,
  events: eventNames,
  mediaBase64: optionalFlag,
});

export function configureWebsocketRoute(deps: EventRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/events/websocket/:instance',
    summary: 'Create or update the WebSocket configuration',
    examples: websocketWritten,
    access: { to: 'instance' },
    rate: 'global',
    failed: 'Failed to get instance',
    body,
    bodyErrors: 'short',
    async handle({ instance, body }) {
      const row = await configureWebsocket(deps.db, deps, instance.id, body);
      deps.channels.changed(instance.id);
      return {
        body: { success: true, message: 'WebSocket configuration updated', websocket: websocketView(row) },
      };
    },
  });
}
