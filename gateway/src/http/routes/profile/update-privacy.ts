import { z } from 'zod';
import { type PrivacyChange, updatePrivacy } from '../../../instances/profile/privacy.ts';
import { absentWhenNull, textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { ProfileRouteDeps } from './deps.ts';
import { exampleSettings, FIELDS, settingsView } from './privacy-settings.ts';

/** The fields of one group, each with its allowed values. */
function groupSchema(wanted: string) {
  const fields = FIELDS.filter(({ group }) => group === wanted).map(({ group, name, values }) => {
    const text = `${group}.${name} must be one of: ${values.join(', ')}`;
    return [
      name,
      absentWhenNull(z.string().refine((value) => values.includes(value), textError(text))),
    ] as const;
  });
  return absentWhenNull(z.object(Object.fromEntries(fields)));
}

const body = z
  .object({
    visibility: groupSchema('visibility'),
    privacy: groupSchema('privacy'),
    permissions: groupSchema('permissions'),
  })
  .transform((groups): PrivacyChange[] =>
    FIELDS.flatMap(({ group, name, setting }) => {
      const value = groups[group]?.[name];
      return value === undefined ? [] : [{ field: `${group}.${name}`, setting, value }];
    }),
  )
  .refine(
    (changes) => changes.length > 0,
    textError('At least one of visibility, privacy or permissions must be provided'),
  );

/** POST /api/profile/privacy/:instance */
export function updatePrivacyRoute(deps: ProfileRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/profile/privacy/:instance',
    summary: 'Change privacy settings',
    examples: [
      {
        body: { privacy: { readReceipts: 'none' }, permissions: { callAdd: 'known' } },
        answer: {
          success: true,
          message: 'Privacy settings updated successfully',
          settings: {
            ...exampleSettings,
            privacy: { readReceipts: 'none' },
            permissions: { callAdd: 'known', groupAdd: 'contacts' },
          },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body,
    async handle({ instance, body: changes }) {
      const settings = settingsView(await updatePrivacy(instance, changes, deps));
      return { body: { success: true, message: 'Privacy settings updated successfully', settings } };
    },
  });
}
