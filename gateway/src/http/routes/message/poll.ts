import { z } from 'zod';
import { pollKind } from '../../../whatsapp/outbound/poll.ts';
import { absentWhenNull, fieldError, textError } from '../../body/fields.ts';
import type { Route, RouteExample } from '../../route.ts';
import type { MessageRouteDeps } from './deps.ts';
import { DEV_TEAM, sentExample } from './example.ts';
import { between, entries, requiredWords, sendingBody, sendingFields } from './fields.ts';
import { CHATS, sendRoute } from './send-route.ts';

const QUESTION_CHARACTERS = 255;
const OPTION_CHARACTERS = 100;
const MIN_OPTIONS = 2;
const MAX_OPTIONS = 12;

const option = requiredWords(OPTION_CHARACTERS);

const body = sendingBody(
  z.object({
    ...sendingFields,
    question: requiredWords(QUESTION_CHARACTERS),
    options: entries(option, MIN_OPTIONS, MAX_OPTIONS, between(MIN_OPTIONS, MAX_OPTIONS)).refine(
      (options) => new Set(options).size === options.length,
      textError('Options must be unique'),
    ),
    maxAnswer: absentWhenNull(
      z.number('integer').refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true }),
    ),
  }),
);

const example: RouteExample = {
  body: {
    number: DEV_TEAM.jid,
    question: 'Which flavor?',
    options: ['Chocolate', 'Vanilla'],
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Poll sent successfully', {
    messageId: '3EB08FCF27E532F1B0FB',
    messageType: 'poll',
    content: 'Which flavor?\n1. Chocolate\n2. Vanilla',
    chat: DEV_TEAM,
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};

/** POST /api/message/poll/:instance */
export function pollRoute(deps: MessageRouteDeps): Route {
  return sendRoute(
    {
      path: '/api/message/poll/:instance',
      summary: 'Send a poll',
      examples: [example],
      recipients: CHATS,
      body,
      sent: 'Poll sent successfully',
      kind({ question, options, maxAnswer = 1 }) {
        return pollKind({ question, options, maxAnswer: Math.min(Math.max(maxAnswer, 1), options.length) });
      },
    },
    deps,
  );
}
