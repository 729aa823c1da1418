import { z } from 'zod';
import { createGroup } from '../../../instances/groups/create-group.ts';
import { withKnownAddress } from '../../../instances/groups/known-addresses.ts';
import { NOT_A_JID } from '../../../instances/groups/link-groups.ts';
import { groupInfo } from '../../../mailbox/group-views.ts';
import { readGroupJid } from '../../../whatsapp/invite.ts';
import { textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { exampleInfo } from './examples.ts';
import { description, groupSettings, IMAGE_BODY_LIMIT, image, participants, requiredName } from './fields.ts';
import { warningViews } from './warnings.ts';

const community = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (!text) return undefined;
    const jid = readGroupJid(text);
    if (jid) return jid;
    context.addIssue({ code: 'custom', ...textError(`invalid community JID: ${NOT_A_JID}`) });
    return z.NEVER;
  });

const body = z.object({
  name: requiredName,
  participants,
  description,
  image,
  communityJid: community,
  groupSettings,
});

/** POST /api/group/create/:instance */
export function createRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/group/create/:instance',
    summary: 'Create a group',
    examples: [
      {
        body: {
          name: 'Dev Team',
          participants: ['5511999999999', '5511777777777', '5511666666666'],
          description: 'Technical discussions',
          image: 'http://127.0.0.1:9/picture.jpg',
          communityJid: '120363406289005001@g.us',
        },
        answer: {
          success: true,
          message: 'Group created successfully',
          group: { ...exampleInfo, linkedParentJid: '120363406289005001@g.us' },
          failedParticipants: [
            {
              jid: '5511666666666@s.whatsapp.net',
              success: false,
              error: "Participant's privacy settings do not allow this",
              code: 403,
            },
          ],
          warnings: [{ field: 'image', error: 'Failed to download image: HTTP 404' }],
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    bodyLimit: IMAGE_BODY_LIMIT,
    body,
    async handle({ instance, body: { communityJid, groupSettings: settings, ...fields } }) {
      const created = await createGroup(instance, { ...fields, community: communityJid, settings }, deps);
      return {
        body: {
          success: true,
          message: 'Group created successfully',
          group: groupInfo(await withKnownAddress(created.group, instance, deps), created.code),
          failedParticipants: created.failed,
          warnings: warningViews(created.warnings),
        },
      };
    },
  });
}
