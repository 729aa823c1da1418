import { z } from 'zod';
import { archiveChat } from '../../../instances/chats/archive-chat.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

/** POST /api/chat/archive/:instance */
export function archiveRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'archive',
    summary: 'Archive or unarchive a chat',
    examples: [
      {
        body: { number: '5511999999999', archive: true },
        answer: {
          success: true,
          message: 'Chat archived successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          archived: true,
        },
      },
      {
        body: { number: '5511999999999', archive: false },
        answer: {
          success: true,
          message: 'Chat unarchived successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          archived: false,
        },
      },
    ],
    body: z.object({ number: chatNumber(CHATS), archive: flag }),
    async change(instance, body) {
      const { archive } = body;
      const chat = await archiveChat(instance, body, deps);
      const message = archive ? 'Chat archived successfully' : 'Chat unarchived successfully';
      return { message, chat_jid: chat.jid, archived: archive };
    },
  });
}
