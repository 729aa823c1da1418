import { z } from 'zod';
import { updateProfile } from '../../../instances/profile/update-profile.ts';
import { absentWhenNull, codePoints, textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { ProfileRouteDeps } from './deps.ts';

/** A picture of 10 MB in base64, and the rest of the body. */
const BODY_LIMIT = 16 * 1024 * 1024;
const NAME_CHARACTERS = 25;
const STATUS_CHARACTERS = 139;
const SOURCE = /^(https?:\/\/|data:image\/[\w.+-]+[^,]*;base64,)/i;

/** A picture of one pixel, so that the example can be tried as it is. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const body = z
  .object({
    profilePicture: absentWhenNull(
      z
        .string()
        .transform((text) => text.trim())
        .refine(
          (text) => text === '' || SOURCE.test(text),
          textError('ProfilePicture must be an http(s) URL or a data:image base64 URI'),
        ),
    ),
    profileName: absentWhenNull(
      z
        .string()
        .refine(
          (name) => name.trim() !== '' && codePoints(name) <= NAME_CHARACTERS,
          textError(`ProfileName must be 1 to ${NAME_CHARACTERS} characters`),
        ),
    ),
    profileStatus: absentWhenNull(
      z
        .string()
        .refine(
          (text) => codePoints(text) <= STATUS_CHARACTERS,
          textError(`ProfileStatus must be at most ${STATUS_CHARACTERS} characters`),
        ),
    ),
  })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    textError('At least one of profilePicture, profileName or profileStatus must be provided'),
  );

/** POST /api/profile/account/:instance */
export function updateAccountRoute(deps: ProfileRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/profile/account/:instance',
    summary: "Change the account's picture, name and about text",
    examples: [
      {
        body: { profilePicture: PIXEL, profileName: 'Blue Store', profileStatus: 'Available' },
        answer: {
          success: true,
          message: 'Profile updated successfully',
          updatedFields: ['profilePicture', 'profileName', 'profileStatus'],
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    bodyLimit: BODY_LIMIT,
    body,
    async handle({ instance, body: change }) {
      const updatedFields = await updateProfile(instance, change, deps);
      return { body: { success: true, message: 'Profile updated successfully', updatedFields } };
    },
  });
}
