import { z } from 'zod';
import { withKnownAddress } from '../../../instances/groups/known-addresses.ts';
import { updateGroup } from '../../../instances/groups/update-group.ts';
import { groupInfo } from '../../../mailbox/group-views.ts';
import { optionalFlag, textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { GroupRouteDeps } from './deps.ts';
import { DEV_TEAM, exampleInfo } from './examples.ts';
import { description, groupSettings, IMAGE_BODY_LIMIT, identifier, image, optionalName } from './fields.ts';
import { warningViews } from './warnings.ts';

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
    (fields) =>
      fields.name !== undefined ||
      fields.description !== undefined ||
      fields.image !== undefined ||
      fields.removeImage ||
      Object.values(fields.groupSettings ?? {}).some((setting) => setting !== undefined),
    textError('At least one field must be provided'),
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
    async handle({ instance, body: { groupSettings: settings, ...fields } }) {
      const updated = await updateGroup(instance, { ...fields, settings }, deps);
      const message =
        updated.changed.length > 0
          ? `Group updated successfully: ${updated.changed.join(', ')}`
          : 'Group is already up to date';
      const group = groupInfo(await withKnownAddress(updated.group, instance, deps), updated.code);
      return { body: { success: true, message, group, warnings: warningViews(updated.warnings) } };
    },
  });
}
