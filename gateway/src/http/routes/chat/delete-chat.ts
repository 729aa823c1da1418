import { z } from 'zod';
import { deleteChat } from '../../../instances/chats/delete-chat.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag, queryFlag } from './fields.ts';

const number = chatNumber(CHATS);

/** DELETE /api/chat/deleteChat/:instance */
export function deleteChatRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    method: 'DELETE',
    name: 'deleteChat',
    summary: 'Take a chat off the list, with its messages',
    examples: [
      {
        body: { number: '5511999999999', deleteMedia: true },
        answer: {
          success: true,
          message: 'Chat deleted successfully (including media)',
          chat_jid: '5511999999999@s.whatsapp.net',
          delete_media: true,
        },
      },
      {
        body: { number: '5511999999999' },
        answer: {
          success: true,
          message: 'Chat deleted successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          delete_media: false,
        },
      },
    ],
    body: z.object({ number, deleteMedia: flag }),
    bodyFromQuery: z.object({ number, deleteMedia: queryFlag('deleteMedia') }),
    bodyErrors: 'short',
    async change(instance, body) {
      const { deleteMedia } = body;
      const chat = await deleteChat(instance, body, deps);
      const message = `Chat deleted successfully${deleteMedia ? ' (including media)' : ''}`;
      return { message, chat_jid: chat.jid, delete_media: deleteMedia };
    },
  });
}
