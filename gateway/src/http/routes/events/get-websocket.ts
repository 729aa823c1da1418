import { websocketView } from '../../../events/sockets/websocket-config.ts';
import { failure } from '../../../failure.ts';
import { type Route, route } from '../../route.ts';
import type { EventRouteDeps } from './deps.ts';
import { websocketRead } from './examples.ts';

export function getWebsocketRoute({ db }: Pick<EventRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/events/getWebsocket/:instance',
    summary: 'Read the WebSocket configuration',
    examples: websocketRead,
    access: { to: 'instance' },
    rate: 'global',
    failed: 'Failed to get websocket configuration',
    async handle({ instance }) {
      const query = db.selectFrom('websockets').selectAll().where('instance_id', '=', instance.id);
      const row = await query.executeTakeFirst();
      if (!row) throw failure('websocket_unknown');
      return {
        body: { success: true, message: 'WebSocket configuration retrieved', websocket: websocketView(row) },
      };
    },
  });
}
