import { z } from 'zod';
import { failure } from '../../../failure.ts';
import type { ChatAction } from '../../../instances/chats/chat-actions.ts';
import type { ChatNumber } from '../../../whatsapp/recipient.ts';
import { says } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, flag, optionalChatNumber, optionalWord } from './fields.ts';

const fields = z
  .object({ number: optionalChatNumber(CHATS), messageId: optionalWord, favorite: flag })
  .refine(({ number, messageId }) => number !== undefined || messageId !== '', {
    ...says('Either number or messageId is required'),
    path: ['number'],
  });

/** With both, the message counts, whatever the number is. */
const body = z.preprocess((sent) => {
  const { messageId, number } = (sent ?? {}) as { messageId?: unknown; number?: unknown };
  const named = typeof messageId === 'string' && messageId.trim() !== '';
  return named && typeof number === 'string' ? { ...(sent as object), number: null } : sent;
}, fields);

/** POST /api/chat/favorite/:instance */
export function favoriteRoute(deps: ChatRouteDeps): Route {
  return changeRoute(
    {
      name: 'favorite',
      summary: 'Favorite a chat, or a message with a star',
      examples: [
        {
          body: { messageId: '3EB08FCF27E532F1B0F5', favorite: true },
          answer: {
            success: true,
            message: 'Message favorited successfully',
            type: 'message',
            chat_jid: '5511999999999@s.whatsapp.net',
            message_id: '3EB08FCF27E532F1B0F5',
            favorite: true,
          },
        },
        {
          body: { number: '5511999999999', favorite: false },
          answer: {
            success: true,
            message: 'Chat unfavorited successfully',
            type: 'chat',
            chat_jid: '5511999999999@s.whatsapp.net',
            favorite: false,
          },
        },
      ],
      body,
      operation: ({ favorite }) => (favorite ? 'favorite message' : 'unfavorite message'),
      async change(action, { number, messageId, favorite }) {
        const verb = favorite ? 'favorited' : 'unfavorited';
        if (messageId === '' && number) {
          const chat_jid = await favoriteChat(action, number, favorite);
          return { message: `Chat ${verb} successfully`, type: 'chat', chat_jid, favorite };
        }
        const chat_jid = await star(action, messageId, favorite);
        const told = { type: 'message', chat_jid, message_id: messageId, favorite };
        return { message: `Message ${verb} successfully`, ...told };
      },
    },
    deps,
  );
}

/** Kept here alone: WhatsApp has favorite chats as one list, which would be overwritten. */
async function favoriteChat(action: ChatAction, number: ChatNumber, favorite: boolean): Promise<string> {
  const chat = await action.target(number);
  await action.mailbox(async (mailbox) => {
    const { key } = await mailbox.placeOf(chat.address, 'query');
    await mailbox.chats.set(key, { favorite });
  });
  return chat.jid;
}

async function star(action: ChatAction, messageId: string, favorite: boolean): Promise<string> {
  const row = await action.message(messageId);
  const key = row && (await action.keyOf(row));
  if (!key) throw failure('message_unknown');
  await action.perform(() => action.session.chats.star(key, favorite));
  return key.chat;
}
