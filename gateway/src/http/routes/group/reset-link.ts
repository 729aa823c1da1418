import { resetInvite } from '../../../instances/groups/reset-invite.ts';
import { inviteView } from '../../../mailbox/group-views.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { identifierBody } from './fields.ts';

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
      const { jid, code } = await resetInvite(instance, identifier, deps);
      const message = 'Group invite link reset successfully';
      return { body: { success: true, message, groupJid: jid, ...inviteView(code) } };
    },
  });
}
