import { z } from 'zod';
import { pinChat } from '../../../instances/chats/pin-chat.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

/** POST /api/chat/pin/:instance, and the same under `pinChat`. */
export function pinRoutes(deps: ChatRouteDeps): Route[] {
  return ['pin', 'pinChat'].map((name) => pinRoute(name, deps));
}

function pinRoute(name: string, deps: ChatRouteDeps): Route {
  return changeRoute({
    name,
    summary: 'Pin a chat at the top of the list, or unpin it',
    examples: [
      {
        body: { number: '5511999999999', pin: true },
        answer: {
          success: true,
          message: 'Chat pinned successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          pinned: true,
        },
      },
      {
        body: { number: '5511999999999', pin: false },
        answer: {
          success: true,
          message: 'Chat unpinned successfully',
          chat_jid: '5511999999999@s.whatsapp.net',
          pinned: false,
        },
      },
    ],
    body: z.object({ number: chatNumber(CHATS), pin: flag }),
    async change(instance, body) {
      const { pin } = body;
      const chat = await pinChat(instance, body, deps);
      const message = pin ? 'Chat pinned successfully' : 'Chat unpinned successfully';
      return { message, chat_jid: chat.jid, pinned: pin };
    },
  });
}
