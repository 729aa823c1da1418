import { readNewsletter } from '../../../instances/newsletters/read-newsletter.ts';
import { type Route, route } from '../../route.ts';
import { channelView, exampleChannel } from './channel.ts';
import type { NewsletterRouteDeps } from './deps.ts';
import { identifierQuery } from './fields.ts';

/** GET /api/newsletter/info/:instance */
export function infoRoute(deps: NewsletterRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/newsletter/info/:instance',
    summary: 'One channel, also when it is not followed',
    examples: [
      {
        query: { identifier: 'https://whatsapp.com/channel/120363422585881117' },
        answer: { success: true, message: 'Newsletter info retrieved', channel: exampleChannel },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query: identifierQuery,
    async handle({ instance, query: { identifier } }) {
      const channel = channelView(await readNewsletter(instance, identifier, deps));
      return { body: { success: true, message: 'Newsletter info retrieved', channel } };
    },
  });
}
