import { z } from 'zod';
import { markMessageRead } from '../../../instances/chats/messages/mark-message-read.ts';
import { textError } from '../../body/fields.ts';
import type { Route } from '../../route.ts';
import { changeRoute } from './change-route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, optionalChatNumber, requiredWord } from './fields.ts';

const body = z
  .object({
    messageId: requiredWord('messageId is required'),
    number: chatNumber([...CHATS, 'status']),
    sender: optionalChatNumber(['user', 'lid']),
  })
  .refine(({ number: { kind }, sender }) => sender !== undefined || (kind !== 'group' && kind !== 'status'), {
    ...textError('sender is required for group messages'),
    path: ['sender'],
  });

/** POST /api/chat/markRead/:instance */
export function markReadRoute(deps: ChatRouteDeps): Route {
  return changeRoute({
    name: 'markRead',
    summary: 'Send a read receipt for one message',
    examples: [
      {
        body: { messageId: '3EB08FCF27E532F1B0F5', number: '5511999999999' },
        answer: {
          success: true,
          message: 'Message marked as read successfully',
          message_id: '3EB08FCF27E532F1B0F5',
          chat_jid: '5511999999999@s.whatsapp.net',
        },
      },
    ],
    body,
    async change(instance, body) {
      const { messageId } = body;
      const chat = await markMessageRead(instance, body, deps);
      const message = 'Message marked as read successfully';
      return { message, message_id: messageId, chat_jid: chat.jid };
    },
  });
}
