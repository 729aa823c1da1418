import { z } from 'zod';
import { unknownMessage } from '../../../instances/unknown-message.ts';
import { Messages } from '../../../mailbox/messages.ts';
import { deliveryStatus } from '../../../mailbox/read/message.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

const examples: RouteExample[] = [
  {
    query: { messageId: '3EB08FCF27E532F1B0F5' },
    answer: {
      success: true,
      message: 'Message status retrieved successfully',
      message_id: '3EB08FCF27E532F1B0F5',
      status: 'read',
      status_code: 4,
      direction: 'sent',
      chat_jid: '5511999999999@s.whatsapp.net',
      timestamp: '2026-04-28T14:30:00Z',
    },
  },
];

export function statusRoute({ db }: Pick<ChatRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/chat/status/:instance',
    summary: 'Read the delivery status of a message',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ messageId: requiredWord('messageId query parameter is required') }),
    async handle({ principal, instance, query: { messageId } }) {
      const row = await new Messages(db, instance.id, 0).find(messageId);
      if (!row) throw await unknownMessage(principal, messageId, db);
      const status = await deliveryStatus(db, instance, row);
      return { body: { success: true, message: 'Message status retrieved successfully', ...status } };
    },
  });
}
