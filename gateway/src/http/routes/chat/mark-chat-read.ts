import { z } from 'zod';
import { markChatRead } from '../../../instances/chats/mark-chat-read.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

/** POST /api/chat/markChatRead/:instance */
export function markChatReadRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'markChatRead',
    summary: 'Mark a whole chat as read or unread',
    examples: [
      {
        body: { number: '5511999999999', read: true },
        answer: {
          success: true,
          message: 'Chat marked as read successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          read: true,
        },
      },
      {
        body: { number: '5511999999999', read: false },
        answer: {
          success: true,
          message: 'Chat marked as unread successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          read: false,
        },
      },
    ],
    body: z.object({ number: chatNumber(CHATS), read: flag }),
    async change(instance, body) {
      const { read } = body;
      const chat = await markChatRead(instance, body, deps);
      const message = read ? 'Chat marked as read successfully' : 'Chat marked as unread successfully';
      return { message, chat_jid: chat.jid, read };
    },
  });
}
