import { leaveNewsletter } from '../../../instances/newsletters/leave-newsletter.ts';
import { type Route, route } from '../../route.ts';
import { exampleChannel } from './channel.ts';
import type { NewsletterRouteDeps } from './deps.ts';
import { identifierQuery } from './fields.ts';

/** DELETE /api/newsletter/leave/:instance */
export function leaveRoute(deps: NewsletterRouteDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/newsletter/leave/:instance',
    summary: 'Unfollow a channel',
    examples: [
      {
        query: { identifier: exampleChannel.jid },
        answer: { success: true, message: 'Successfully left newsletter', channelJid: exampleChannel.jid },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query: identifierQuery,
    async handle({ instance, query: { identifier } }) {
      const channelJid = await leaveNewsletter(instance, identifier, deps);
      return { body: { success: true, message: 'Successfully left newsletter', channelJid } };
    },
  });
}
