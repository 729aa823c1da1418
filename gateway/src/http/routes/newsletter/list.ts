import { listNewsletters } from '../../../instances/newsletters/list-newsletters.ts';
import { type Route, route } from '../../route.ts';
import { channelView, exampleChannel } from './channel.ts';
import type { NewsletterRouteDeps } from './deps.ts';

/** GET /api/newsletter/list/:instance */
export function listRoute(deps: NewsletterRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/newsletter/list/:instance',
    summary: 'Channels that the account follows or owns',
    examples: [
      {
        answer: {
          success: true,
          message: '1 newsletters found',
          channels: [exampleChannel],
          meta: { total: 1 },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      const channels = (await listNewsletters(instance, deps)).map(channelView);
      const total = channels.length;
      return { body: { success: true, message: `${total} newsletters found`, channels, meta: { total } } };
    },
  });
}
