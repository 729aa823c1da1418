import { z } from 'zod';
import { labelChat } from '../../../instances/chats/labels/label-chat.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, requiredWord } from './fields.ts';

const query = z.object({
  number: chatNumber(CHATS, 'number query parameter is required'),
  tagId: requiredWord('tagId query parameter is required'),
});

/** DELETE /api/chat/assignTag/:instance */
export function tagRemoveRoute(deps: ChatRouteDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/chat/assignTag/:instance',
    summary: 'Take a label off a chat',
    examples: [
      {
        query: { number: '5511999999999', tagId: '2' },
        answer: {
          success: true,
          message: 'Tag removed successfully',
          tag_id: '2',
          chat_jid: '5511999999999@s.whatsapp.net',
        },
      },
    ],
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: { number, tagId } }) {
      const chat = await labelChat(instance, { number, labelId: tagId, labeled: false }, deps);
      const message = 'Tag removed successfully';
      return { body: { success: true, message, tag_id: tagId, chat_jid: chat.jid } };
    },
  });
}
