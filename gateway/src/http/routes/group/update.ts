import { z } from 'zod';
import { shownGroup } from '../../../instances/groups/shown.ts';
import { updateGroup } from '../../../instances/groups/update.ts';
import { groupInfo } from '../../../mailbox/group-views.ts';
import { optionalFlag, says } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM, exampleInfo } from './examples.ts';
import { description, groupSettings, IMAGE_BODY_LIMIT, identifier, image, optionalName } from './fields.ts';

const body = z
  .object({
    identifier,
    name: optionalName,
    description,
    image,
    removeImage: optionalFlag.transform((remove) => remove ?? false),
    groupSettings,
  })
  .refine(
    (wish) =>
      wish.name !== undefined ||
      wish.description !== undefined ||
      wish.image !== undefined ||
      wish.removeImage ||
      Object.values(wish.groupSettings ?? {}).some((setting) => setting !== undefined),
    says('At least one field must be provided'),
  );

/** PUT /api/group/update/:instance */
export function updateRoute(deps: GroupRouteDeps): Route {
  return route({
    method: 'PUT',
    path: '/api/group/update/:instance',
    summary: 'Change name, description, picture and settings of a group',
    examples: [
      {
        body: { identifier: DEV_TEAM, name: 'Dev Team 2026', description: 'Technical discussions of 2026' },
        answer: {
          success: true,
          message: 'Group updated successfully: name, description',
          group: { ...exampleInfo, linkedParentJid: '120363406289005001@g.us' },
          warnings: [],
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    bodyLimit: IMAGE_BODY_LIMIT,
    body,
    async handle({ instance, body: { identifier: named, groupSettings: settings, ...update } }) {
      const done = await updateGroup(instance, named, { ...update, settings }, deps);
      const message =
        done.changed.length > 0
          ? `Group updated successfully: ${done.changed.join(', ')}`
          : 'Group is already up to date';
      const group = groupInfo(await shownGroup(done.group, instance, deps), done.code);
      return { body: { success: true, message, group, warnings: done.warnings } };
    },
  });
}
