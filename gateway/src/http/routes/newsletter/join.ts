import { joinNewsletter } from '../../../instances/newsletters/join-newsletter.ts';
import { type Route, route } from '../../route.ts';
import { exampleChannel } from './channel.ts';
import type { NewsletterRouteDeps } from './deps.ts';
import { identifierBody } from './fields.ts';

/** POST /api/newsletter/join/:instance */
export function joinRoute(deps: NewsletterRouteDeps): Route {
  return route({
    method: 'POST',
    path: '/api/newsletter/join/:instance',
    summary: 'Follow a channel',
    examples: [
      {
        body: { identifier: exampleChannel.jid },
        answer: {
          success: true,
          message: 'Successfully joined newsletter',
          channelJid: exampleChannel.jid,
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body: identifierBody,
    async handle({ instance, body: { identifier } }) {
      const channelJid = await joinNewsletter(instance, identifier, deps);
      return { body: { success: true, message: 'Successfully joined newsletter', channelJid } };
    },
  });
}
