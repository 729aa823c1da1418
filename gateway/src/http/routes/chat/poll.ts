import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { Messages } from '../../../mailbox/messages.ts';
import { pollResults } from '../../../mailbox/read/poll-results.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { requiredWord } from './fields.ts';

const examples: RouteExample[] = [
  {
    query: { messageId: '3EB08FCF27E532F1B0F6' },
    answer: {
      success: true,
      message: 'Poll votes retrieved successfully',
      messageId: '3EB08FCF27E532F1B0F6',
      data: {
        messageId: '3EB08FCF27E532F1B0F6',
        name: 'Which flavor?',
        votes: [
          { optionName: 'Chocolate', optionVoteCount: 5 },
          { optionName: 'Vanilla', optionVoteCount: 3 },
        ],
        voteDetails: [
          {
            optionHash: 'A61C254E6F4E5FE86E90AC52BEE7CD8C8367B2F9B50310410F8024D29E9AACAB',
            optionName: 'Chocolate',
            senderJid: '5511999999999',
            voteMessageId: '3EB0BBBBBBBBBBBBBBBB',
            createdAt: '2026-04-28T10:00:00Z',
          },
        ],
      },
    },
  },
];

export function pollRoute({ db }: Pick<ChatRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/chat/poll/:instance',
    summary: 'Read the votes of a poll',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({ messageId: requiredWord('messageId query parameter is required') }),
    async handle({ instance, query: { messageId } }) {
      const row = await new Messages(db, instance.id, 0).find(messageId);
      if (!row) throw failure('message_unknown');
      const data = await pollResults(db, instance, row);
      return { body: { success: true, message: 'Poll votes retrieved successfully', messageId, data } };
    },
  });
}
