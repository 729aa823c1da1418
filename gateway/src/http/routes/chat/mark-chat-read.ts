import { z } from 'zod';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

/** One chat has no more unread messages than somebody could still want to know read. */
const RECEIPTS = 1_000;

/** POST /api/chat/markChatRead/:instance */
export function markChatReadRoute(deps: ChatRouteDeps): Route {
  return changeRoute(
    {
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
      operation: ({ read }) => (read ? 'mark chat as read' : 'mark chat as unread'),
      async change(action, { number, read }) {
        const { session } = action;
        const chat = await action.target(number);
        const last = await action.lastMessages(chat);
        const unread = read && chat.kind !== 'newsletter' ? await action.unread(chat, RECEIPTS) : [];
        await action.perform(async () => {
          if (unread.length > 0) await session.markRead(unread);
          await session.chats.markRead(chat.jid, read, last);
        });
        const message = read ? 'Chat marked as read successfully' : 'Chat marked as unread successfully';
        return { message, chat_jid: chat.jid, read };
      },
    },
    deps,
  );
}
