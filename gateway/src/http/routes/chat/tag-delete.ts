import { z } from 'zod';
import { deleteLabel } from '../../../instances/chats/labels/delete-label.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

/** DELETE /api/chat/tag/:instance */
export function tagDeleteRoute(deps: ChatRouteDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/chat/tag/:instance',
    summary: 'Delete a label and take it off every chat',
    examples: [
      {
        query: { tagId: '3' },
        answer: {
          success: true,
          message: 'Tag deleted successfully',
          tag: { id: '3', name: '', color: 0, type: '', deleted: true },
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ tagId: requiredWord('tagId query parameter is required') }),
    async handle({ instance, query: { tagId } }) {
      await deleteLabel(instance, tagId, deps);
      const tag = { id: tagId, name: '', color: 0, type: '', deleted: true };
      return { body: { success: true, message: 'Tag deleted successfully', tag } };
    },
  });
}
