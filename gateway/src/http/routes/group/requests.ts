import { timestamp } from '../../../clock.ts';
import { listJoinRequests } from '../../../instances/groups/list-join-requests.ts';
import type { MembershipRequest } from '../../../whatsapp/ports/groups.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { identifierQuery } from './fields.ts';

/** GET /api/group/requests/:instance */
export function requestsRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/group/requests/:instance',
    summary: 'Who waits to be let into a group',
    examples: [
      {
        query: { identifier: DEV_TEAM },
        answer: {
          success: true,
          message: '2 pending requests found',
          groupJid: DEV_TEAM,
          requests: [
            {
              jid: '199789077627112@lid',
              phoneNumber: '5511999999999@s.whatsapp.net',
              requestedAt: '2026-04-20T14:00:00Z',
            },
          ],
          meta: { total: 2 },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query: identifierQuery,
    async handle({ instance, query: { identifier } }) {
      const waiting = await listJoinRequests(instance, identifier, deps);
      const requests = waiting.requests.map(requestView);
      const total = requests.length;
      const message = `${total} pending requests found`;
      return { body: { success: true, message, groupJid: waiting.jid, requests, meta: { total } } };
    },
  });
}

/** By LID where it is known: WhatsApp lists the requests by LID. */
function requestView({ person, at }: MembershipRequest) {
  return {
    jid: person.lid ?? person.jid,
    phoneNumber: person.jid,
    requestedAt: at === null ? null : timestamp(at),
  };
}
