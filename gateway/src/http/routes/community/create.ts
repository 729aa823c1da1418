import { z } from 'zod';
import { createCommunity } from '../../../instances/groups/create-community.ts';
import { withKnownAddress } from '../../../instances/groups/known-addresses.ts';
import { groupInfo } from '../../../mailbox/group-views.ts';
import { codePoints, textError } from '../../body/fields.ts';
import { errorText } from '../../errors.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from '../group/deps.ts';
import { exampleInfo } from '../group/examples.ts';
import { description, IMAGE_BODY_LIMIT, image } from '../group/fields.ts';
import { groupJids } from './fields.ts';

const MAX_NAME = 25;
const MODES: readonly string[] = ['request_required', ''];
const FALLBACK = 'Community not available for this account; a regular group was created instead';

const body = z.object({
  name: z
    .string()
    .nullish()
    .transform((name) => name ?? '')
    .refine((name) => name.trim() !== '', { ...textError('Name is required'), abort: true })
    .refine((name) => codePoints(name) <= MAX_NAME, textError(`name must be at most ${MAX_NAME} characters`)),
  description,
  image,
  groupJid: groupJids,
  membershipApprovalMode: z
    .string()
    .nullish()
    .transform((mode) => mode ?? '')
    .refine(
      (mode) => MODES.includes(mode),
      textError("membershipApprovalMode must be 'request_required' or empty"),
    ),
});

/** POST /api/community/create/:instance */
export function createCommunityRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/community/create/:instance',
    summary: 'Create a community',
    examples: [
      {
        body: {
          name: 'Village',
          description: 'All about it',
          groupJid: ['120363406289005074@g.us'],
          image: 'http://127.0.0.1:9/picture.jpg',
        },
        answer: {
          success: true,
          message: 'Community created successfully',
          group: { ...exampleInfo, isCommunity: true },
          isCommunity: true,
          linkedGroups: ['120363406289005074@g.us'],
          failedGroups: [],
          imageError: 'Failed to download image: HTTP 404',
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    bodyLimit: IMAGE_BODY_LIMIT,
    body,
    async handle({ instance, body: fields }) {
      const created = await createCommunity(
        instance,
        {
          name: fields.name,
          description: fields.description ?? '',
          image: fields.image,
          groups: fields.groupJid,
          approval: fields.membershipApprovalMode !== '',
        },
        deps,
      );
      const { isCommunity } = created.group;
      return {
        body: {
          success: true,
          message: isCommunity ? 'Community created successfully' : FALLBACK,
          group: groupInfo(await withKnownAddress(created.group, instance, deps), created.code),
          isCommunity,
          linkedGroups: created.linked,
          failedGroups: created.failed,
          ...(created.imageError !== null && { imageError: errorText(created.imageError) }),
        },
      };
    },
  });
}
