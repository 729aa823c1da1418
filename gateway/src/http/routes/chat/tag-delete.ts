import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

/** DELETE /api/chat/tag/:instance */
export function tagDeleteRoute({ actions }: ChatRouteDeps): Route {
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
      const action = actions.begin(instance, 'delete tag');
      const label = await action.mailbox(({ labels }) => labels.find(tagId));
      if (!label || label.state === 'gone') throw failure('label_unknown');
      const { name, color } = label;
      if (label.state === 'present') {
        await action.perform(() => action.session.chats.editLabel({ id: tagId, name, color, deleted: true }));
      }
      const tag = { id: tagId, name: '', color: 0, type: '', deleted: true };
      return { body: { success: true, message: 'Tag deleted successfully', tag } };
    },
  });
}
