import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { Messages } from '../../../mailbox/messages.ts';
import { messageData } from '../../../mailbox/read/message.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

const examples: RouteExample[] = [
  {
    query: { messageId: '3EB08FCF27E532F1B0F5' },
    answer: {
      success: true,
      message: 'Message found',
      messageId: '3EB08FCF27E532F1B0F5',
      data: {
        content: 'Hi!',
        type: 'text',
        from: '5511888888888@s.whatsapp.net',
        to: '5511999999999@s.whatsapp.net',
        chat: '5511999999999@s.whatsapp.net',
        timestamp: '2026-04-28T14:30:00Z',
        isGroup: false,
        status: 'delivered',
      },
      status: 'found',
    },
  },
];

export function getMessageRoute({ db }: Pick<ChatRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/chat/getMessage/:instance',
    summary: 'Find a stored message',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ messageId: requiredWord('Message ID is required (use ?messageId=<message-id>)') }),
    async handle({ instance, query: { messageId } }) {
      const row = await new Messages(db, instance.id, 0).find(messageId);
      if (!row) throw failure('message_unknown');
      const data = await messageData(db, instance, row);
      return { body: { success: true, message: 'Message found', messageId, data, status: 'found' } };
    },
  });
}
