import { Labels, labelView } from '../../../mailbox/labels.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';

/** GET /api/chat/tag/:instance */
export function tagListRoute({ db }: ChatRouteDeps): Route {
  return route({
    method: 'GET',
    path: '/api/chat/tag/:instance',
    summary: 'List the labels',
    examples: [
      {
        answer: {
          success: true,
          message: 'Tags retrieved successfully',
          tags: [
            { id: '1', name: 'Important', color: 0, type: 'CUSTOM', deleted: false },
            { id: '2', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false },
          ],
          total: 2,
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    async handle({ instance }) {
      const tags = (await new Labels(db, instance.id).listed()).map(labelView);
      return { body: { success: true, message: 'Tags retrieved successfully', tags, total: tags.length } };
    },
  });
}
