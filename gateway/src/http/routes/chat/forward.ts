import { z } from 'zod';
import { forwardMessage } from '../../../instances/chats/messages/forward-message.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, requiredWord } from './fields.ts';

/** POST /api/chat/forward/:instance */
export function forwardRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'forward',
    summary: 'Forward a stored message',
    examples: [
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', to: '5511987654321' },
        answer: {
          success: true,
          message: 'Message forwarded successfully',
          messageId: '3EB08FCF27E532F1B0F7',
          originalId: '3EB08FCF27E532F1B0F5',
          destinationJid: '5511987654321@s.whatsapp.net',
        },
      },
    ],
    body: z.object({
      messageId: requiredWord('messageId is required'),
      to: chatNumber(CHATS, 'to is required'),
    }),
    bodyErrors: 'short',
    async change(instance, { messageId, to }) {
      const { id, chat } = await forwardMessage(instance, { messageId, to }, deps);
      const message = 'Message forwarded successfully';
      return { message, messageId: id, originalId: messageId, destinationJid: chat };
    },
  });
}
