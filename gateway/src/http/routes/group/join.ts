import { z } from 'zod';
import { joinGroup } from '../../../instances/groups/join-group.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { inviteCode } from './fields.ts';

/** POST /api/group/join/:instance */
export function joinRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/group/join/:instance',
    summary: 'Join a group by its invite link or code',
    examples: [
      {
        body: { identifier: 'https://chat.whatsapp.com/ABC123XYZ' },
        answer: {
          success: true,
          message: 'Successfully joined the group',
          groupJid: DEV_TEAM,
          requiresApproval: false,
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body: z.object({ identifier: inviteCode }),
    async handle({ instance, body: { identifier: code } }) {
      const { jid, requiresApproval } = await joinGroup(instance, code, deps);
      const message = requiresApproval
        ? 'Join request sent, waiting for admin approval'
        : 'Successfully joined the group';
      return { body: { success: true, message, groupJid: jid, requiresApproval } };
    },
  });
}
