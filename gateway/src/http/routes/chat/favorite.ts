import { z } from 'zod';
import { favoriteChat } from '../../../instances/chats/favorite-chat.ts';
import { starMessage } from '../../../instances/chats/messages/star-message.ts';
import { textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, flag, optionalChatNumber, optionalWord } from './fields.ts';

const fields = z
  .object({ number: optionalChatNumber(CHATS), messageId: optionalWord, favorite: flag })
  .refine(({ number, messageId }) => number !== undefined || messageId !== '', {
    ...textError('Either number or messageId is required'),
    path: ['number'],
  });

/** With both, the message counts and the number is not read. */
const body = z.preprocess((sent) => {
  const { messageId, number } = (sent ?? {}) as { messageId?: unknown; number?: unknown };
  const named = typeof messageId === 'string' && messageId.trim() !== '';
  return named && typeof number === 'string' ? { ...(sent as object), number: null } : sent;
}, fields);

/** POST /api/chat/favorite/:instance */
export function favoriteRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
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
    async change(instance, { number, messageId, favorite }) {
      const verb = favorite ? 'favorited' : 'unfavorited';
      if (messageId === '' && number) {
        const { jid } = await favoriteChat(instance, { number, favorite }, deps);
        return { message: `Chat ${verb} successfully`, type: 'chat', chat_jid: jid, favorite };
      }
      const { chat } = await starMessage(instance, { messageId, favorite }, deps);
      const message = `Message ${verb} successfully`;
      return { message, type: 'message', chat_jid: chat, message_id: messageId, favorite };
    },
  });
}
