import { inGroup } from '../../../instances/groups/access.ts';
import { inviteView } from '../../../mailbox/group-views.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { identifierBody } from './fields.ts';

const REFUSALS = {
  operation: 'reset group invite link',
  forbidden: 'Not authorized to reset group invite link (must be admin)',
};

/** POST /api/group/resetLink/:instance */
export function resetLinkRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/group/resetLink/:instance',
    summary: 'Revoke the invite link and make another one',
    examples: [
      {
        body: { identifier: DEV_TEAM },
        answer: {
          success: true,
          message: 'Group invite link reset successfully',
          groupJid: DEV_TEAM,
          inviteCode: 'NEW123XYZ',
          inviteLink: 'https://chat.whatsapp.com/NEW123XYZ',
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body: identifierBody,
    async handle({ instance, body: { identifier } }) {
      const { jid, code } = await inGroup(instance, identifier, REFUSALS, deps, async (groups, group) => ({
        jid: group.jid,
        code: await groups.resetInvite(group.jid),
      }));
      const message = 'Group invite link reset successfully';
      return { body: { success: true, message, groupJid: jid, ...inviteView(code) } };
    },
  });
}
