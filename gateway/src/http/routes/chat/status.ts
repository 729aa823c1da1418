import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { Messages } from '../../../mailbox/messages.ts';
import { deliveryStatus } from '../../../mailbox/read/message.ts';
import type { Queries } from '../../../storage/queries.ts';
import { type Principal, type Route, type RouteExample, route } from '../../route.ts';
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
      if (!row) throw await missing(db, principal, messageId);
      const status = await deliveryStatus(db, instance, row);
      return { body: { success: true, message: 'Message status retrieved successfully', ...status } };
    },
  });
}

/** Only who owns all instances of an account may learn that another one has the message. */
async function missing(db: Queries, principal: Principal, messageId: string) {
  if (principal.kind !== 'account') return failure('message_unknown');
  const elsewhere = await db
    .selectFrom('messages')
    .innerJoin('instances', 'instances.id', 'messages.instance_id')
    .select('messages.instance_id')
    .where('instances.account_id', '=', principal.account.id)
    .where('messages.message_id', '=', messageId)
    .limit(1)
    .executeTakeFirst();
  return failure(elsewhere ? 'message_elsewhere' : 'message_unknown');
}
