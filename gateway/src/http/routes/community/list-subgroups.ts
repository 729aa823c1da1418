import { z } from 'zod';
import { NOT_A_JID } from '../../../instances/groups/link-groups.ts';
import { listSubgroups } from '../../../instances/groups/list-subgroups.ts';
import { readGroupJid } from '../../../whatsapp/invite.ts';
import { textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';

const query = z.object({
  communityJid: z
    .string()
    .optional()
    .transform((text) => (text ?? '').trim())
    .refine((text) => text !== '', { ...textError('communityJid query parameter is required'), abort: true })
    .transform((text, context) => {
      const jid = readGroupJid(text);
      if (jid) return jid;
      context.addIssue({ code: 'custom', ...textError(`invalid community JID: ${NOT_A_JID}`) });
      return z.NEVER;
    }),
});

/** GET /api/community/listSubGroups/:instance */
export function listSubgroupsRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/community/listSubGroups/:instance',
    summary: 'Groups of a community that the account is in',
    examples: [
      {
        query: { communityJid: '120363406289005001@g.us' },
        answer: {
          success: true,
          message: '2 subgroup(s) found',
          communityJid: '120363406289005001@g.us',
          subgroups: [
            { jid: '120363406289005074@g.us', name: 'Announcements', isDefaultSubGroup: true },
            { jid: '120363406289005075@g.us', name: 'General', isDefaultSubGroup: false },
          ],
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { communityJid } }) {
      const subgroups = (await listSubgroups(instance, communityJid, deps)).map((group) => ({
        jid: group.jid,
        name: group.subject,
        isDefaultSubGroup: group.isDefaultSubGroup,
      }));
      const message = `${subgroups.length} subgroup(s) found`;
      return { body: { success: true, message, communityJid, subgroups } };
    },
  });
}
