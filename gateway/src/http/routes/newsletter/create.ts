import { z } from 'zod';
import { createNewsletter } from '../../../instances/newsletters/create-newsletter.ts';
import { optionalText, textError } from '../../body/fields.ts';
import { errorText } from '../../errors.ts';
import { type Route, route } from '../../route.ts';
import { channelView, exampleChannel } from './channel.ts';
import type { NewsletterRouteDeps } from './deps.ts';
import { boundedText } from './fields.ts';

const NAME_CHARACTERS = 100;
const DESCRIPTION_CHARACTERS = 2_048;
/** A picture of 10 MB in base64, and the rest of the body. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** A picture of one pixel, so that the example can be tried as it is. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const body = z.object({
  name: boundedText('name', NAME_CHARACTERS)
    .transform((name) => name.trim())
    .refine((name) => name !== '', textError("The 'name' field is required")),
  description: boundedText('description', DESCRIPTION_CHARACTERS),
  image: optionalText(BODY_LIMIT),
});

/** POST /api/newsletter/create/:instance */
export function createRoute(deps: NewsletterRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/newsletter/create/:instance',
    summary: 'Create a channel',
    examples: [
      {
        body: { name: 'Product news', description: 'Releases', image: PIXEL },
        answer: {
          success: true,
          message: 'Newsletter created successfully',
          channelJid: exampleChannel.jid,
          channel: { ...exampleChannel, subscriberCount: 0 },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    bodyLimit: BODY_LIMIT,
    body,
    async handle({ instance, body }) {
      const { newsletter, imageError } = await createNewsletter(instance, body, deps);
      return {
        body: {
          success: true,
          message: 'Newsletter created successfully',
          channelJid: newsletter.jid,
          channel: channelView({ ...newsletter, role: newsletter.role ?? 'owner' }),
          ...(imageError !== null && { imageError: errorText(imageError) }),
        },
      };
    },
  });
}
