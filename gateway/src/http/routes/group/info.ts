import { z } from 'zod';
import { withKnownAddress } from '../../../instances/groups/known-addresses.ts';
import { readGroup } from '../../../instances/groups/read-group.ts';
import { groupDetails } from '../../../mailbox/group-views.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM, exampleInfo, JOAO } from './examples.ts';
import { identifier, queryFlag } from './fields.ts';

const query = z.object({ identifier, participants: queryFlag('participants', true) });

/** GET /api/group/info/:instance */
export function infoRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/group/info/:instance',
    summary: 'All details of one group, also before joining it by a link',
    examples: [
      {
        query: { identifier: DEV_TEAM },
        answer: {
          success: true,
          message: 'Group info retrieved successfully',
          group: {
            ...exampleInfo,
            image: 'https://pps.whatsapp.net/v/t61.jpg?oe=…',
            createdAt: '2026-01-10T12:00:00Z',
            metadata: {
              nameChangedBy: JOAO.jid,
              nameChangedAt: '2026-02-01T09:00:00Z',
              descriptionChangedBy: JOAO.jid,
              descriptionChangedAt: '2026-01-10T12:00:00Z',
              descriptionId: '3EB08FCF27E532F1B0F5',
            },
            linkedParentJid: '120363406289005001@g.us',
            isEphemeral: false,
            ephemeralDuration: 0,
            isIncognito: false,
            isSuspended: false,
          },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { identifier: named, participants: withMembers } }) {
      const { group, code, image } = await readGroup(instance, named, deps);
      const shown = await withKnownAddress(group, instance, deps);
      return {
        body: {
          success: true,
          message: 'Group info retrieved successfully',
          group: groupDetails(shown, { image, code, withMembers }),
        },
      };
    },
  });
}
