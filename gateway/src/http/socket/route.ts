import type { Clock } from '../../clock.ts';
import type { Hub } from '../../events/sockets/hub.ts';
import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Directory } from '../../tenancy/directory.ts';
import { principalKey } from '../../tenancy/principal.ts';
import { type Route, route } from '../route.ts';
import { serveSocket } from './connection.ts';

export interface SocketRouteDeps {
  db: Queries;
  clock: Clock;
  hub: Hub;
  directory: Pick<Directory, 'stillValid'>;
}

/** `GET /ws/:instance`: events of one instance as they happen. */
export function socketRoute({ db, clock, hub, directory }: SocketRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/ws/:instance',
    summary: 'Receive events over WebSocket',
    access: { to: 'socket' },
    rate: 'global',
    async handle() {
      throw failure('upgrade_required');
    },
    async upgrade({ principal, instance }) {
      const enabled = await db
        .selectFrom('websockets')
        .select('instance_id')
        .where('instance_id', '=', instance.id)
        .where('enabled', '=', 1)
        .executeTakeFirst();
      if (!enabled) throw failure('websocket_disabled', { instance: instance.name });
      if (!hub.hasRoom(instance.id)) throw failure('websocket_limit');
      const ticket = {
        instanceId: instance.id,
        accountId: principal.account.id,
        principal: principalKey(principal),
        tokenLookup: principal.tokenLookup,
        stillValid: () => directory.stillValid(principal),
      };
      return (socket) => serveSocket(socket, ticket, { hub, clock });
    },
  });
}
