import { z } from 'zod';
import { changeParticipants } from '../../../instances/groups/change-participants.ts';
import type { GroupAction } from '../../../instances/groups/participant-entries.ts';
import { textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM } from './examples.ts';
import { identifier, participants } from './fields.ts';

/** What the answer says of each. */
const DONE: Record<GroupAction, string> = {
  add: 'Added',
  remove: 'Removed',
  promote: 'Promoted',
  demote: 'Demoted',
  approve: 'Approved',
  reject: 'Rejected',
};

const SHOWN_CHARACTERS = 64;

const action = z
  .string()
  .nullish()
  .transform((word) => word ?? '')
  .refine((word) => word !== '', { ...textError('Action is required'), abort: true })
  .transform((word, context): GroupAction => {
    if (Object.hasOwn(DONE, word)) return word as GroupAction;
    const shown = [...word].slice(0, SHOWN_CHARACTERS).join('');
    context.addIssue({ code: 'custom', ...textError(`Invalid action: ${shown}`) });
    return z.NEVER;
  });

const body = z.object({ action, identifier, participants });

/** POST /api/group/participants/:instance */
export function participantsRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/group/participants/:instance',
    summary: 'Add, remove, promote, demote, approve or reject people',
    examples: [
      {
        body: { action: 'add', identifier: DEV_TEAM, participants: ['5511555555555', '5511666666666'] },
        answer: {
          success: true,
          message: 'Added 1 of 2 participants',
          groupJid: DEV_TEAM,
          action: 'add',
          participants: [
            { jid: '5511555555555@s.whatsapp.net', success: true },
            {
              jid: '5511666666666@s.whatsapp.net',
              success: false,
              error: "Participant's privacy settings do not allow this",
              code: 403,
            },
          ],
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body,
    async handle({ instance, body: change }) {
      const { groupJid, results } = await changeParticipants(instance, change, deps);
      const done = results.filter(({ success }) => success).length;
      return {
        body: {
          success: true,
          message: `${DONE[change.action]} ${done} of ${results.length} participants`,
          groupJid,
          action: change.action,
          participants: results,
        },
      };
    },
  });
}
