import { z } from 'zod';
import { type Profile, readOwnProfile, readProfile } from '../../../instances/profile/read-profile.ts';
import { userOf } from '../../../whatsapp/jid.ts';
import { readChatNumber, shownNumber } from '../../../whatsapp/recipient.ts';
import { textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { ProfileRouteDeps } from './deps.ts';

const query = z.object({
  number: z
    .string()
    .optional()
    .transform((text, context) => {
      if (!text?.trim()) return undefined;
      const number = readChatNumber(text);
      if (number?.kind === 'user' || number?.kind === 'lid') return number;
      context.addIssue({ code: 'custom', ...textError(`Invalid number: ${shownNumber(text)}`) });
      return z.NEVER;
    }),
});

/** GET /api/profile/getAccount/:instance */
export function getAccountRoute(deps: ProfileRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/profile/getAccount/:instance',
    summary: 'The own profile, or that of a number',
    examples: [
      {
        query: { number: '5511999999999' },
        answer: {
          success: true,
          message: 'Profile retrieved successfully',
          profile: {
            profilePicture: 'https://pps.whatsapp.net/v/t61/picture.jpg',
            profileName: 'Maria',
            profileStatus: 'Available',
            phoneNumber: '5511999999999',
            jid: '5511999999999@s.whatsapp.net',
            lid: '52399087550579@lid',
          },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { number } }) {
      const profile = await (number ? readProfile(instance, number, deps) : readOwnProfile(instance, deps));
      return { body: { success: true, message: 'Profile retrieved successfully', profile: view(profile) } };
    },
  });
}

/** Keys without a value are left out, except the picture. */
function view({ person: { jid, lid }, name, about, pictureUrl }: Profile) {
  return {
    profilePicture: pictureUrl,
    ...(name && { profileName: name }),
    ...(about && { profileStatus: about }),
    ...(jid && { phoneNumber: userOf(jid), jid }),
    ...(lid && { lid }),
  };
}
