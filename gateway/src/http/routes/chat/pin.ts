import { z } from 'zod';
import { failure } from '../../../failure.ts';
import type { Mailbox } from '../../../mailbox/mailbox.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, flag } from './fields.ts';

/** WhatsApp's apps pin no more; its servers would take a fourth. */
const PINNED_CHATS = 3;

/** POST /api/chat/pin/:instance, and the same under `pinChat`. */
export function pinRoutes(deps: ChatRouteDeps): Route[] {
  return ['pin', 'pinChat'].map((name) => pinRoute(name, deps));
}

function pinRoute(name: string, deps: ChatRouteDeps): Route {
  return changeRoute(
    {
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
      operation: ({ pin }) => (pin ? 'pin chat' : 'unpin chat'),
      async change(action, { number, pin }) {
        const chat = await action.target(number);
        if (pin) await action.mailbox((mailbox) => requirePlace(mailbox, chat.key ?? ''));
        await action.perform(() => action.session.chats.pin(chat.jid, pin));
        const message = pin ? 'Chat pinned successfully' : 'Chat unpinned successfully';
        return { message, chat_jid: chat.jid, pinned: pin };
      },
    },
    deps,
  );
}

async function requirePlace({ chats }: Mailbox, chat: string): Promise<void> {
  const isPinned = ((await chats.find(chat))?.pinned_at ?? null) !== null;
  if (!isPinned && (await chats.pinnedBeside(chat)) >= PINNED_CHATS) {
    throw failure('field_invalid', { text: `Cannot pin more than ${PINNED_CHATS} chats` });
  }
}
