import { z } from 'zod';
import { listGroups } from '../../../instances/groups/list-groups.ts';
import { listedGroup } from '../../../mailbox/group-views.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM, JOAO } from './examples.ts';
import { queryFlag } from './fields.ts';

const query = z.object({ includeMembers: queryFlag('includeMembers', false) });

/** GET /api/group/list/:instance */
export function listRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/group/list/:instance',
    summary: 'Groups that the account is in',
    examples: [
      {
        query: { includeMembers: 'true' },
        answer: {
          success: true,
          message: '2 groups found',
          groups: [
            {
              groupJid: DEV_TEAM,
              jid: DEV_TEAM,
              name: 'Dev Team',
              description: 'Technical discussions',
              memberCount: 24,
              participantCount: 24,
              createdBy: JOAO.jid,
              createdAt: '2026-01-10T12:00:00Z',
              isCommunity: false,
              isAnnounce: false,
              isDefaultSubGroup: false,
              linkedParentJid: '120363406289005001@g.us',
              participants: [JOAO],
            },
            {
              groupJid: '120363406289005001@g.us',
              jid: '120363406289005001@g.us',
              name: 'Village',
              description: '',
              memberCount: 24,
              participantCount: 24,
              createdBy: JOAO.jid,
              createdAt: '2026-01-10T12:00:00Z',
              isCommunity: true,
              isAnnounce: false,
              isDefaultSubGroup: false,
              participants: [JOAO],
            },
          ],
          meta: { total: 2 },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { includeMembers } }) {
      const listed = await listGroups(instance, deps);
      const groups = listed.map((group) => listedGroup(group, includeMembers));
      const total = groups.length;
      return { body: { success: true, message: `${total} groups found`, groups, meta: { total } } };
    },
  });
}
