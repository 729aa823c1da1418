import { z } from 'zod';
import { storedTarget } from '../../../instances/chats/chat-target.ts';
import { readHistory } from '../../../mailbox/read/history.ts';
import { absentWhenNull, fieldError, textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { CHATS, chatNumber, optionalWord } from './fields.ts';
import { historyExamples } from './history.example.ts';

const DEFAULT_COUNT = 50;
const MAX_COUNT = 200;

const count = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
    .refine(
      (value) => value >= 0 && value <= MAX_COUNT,
      textError(`count must be between 1 and ${MAX_COUNT}`),
    ),
).transform((value) => value || DEFAULT_COUNT);

const ISO_TIME = z.iso.datetime({ offset: true });

/** A time with a zone, as Unix milliseconds; `undefined` when missing or empty. */
const time = (name: 'from' | 'to') =>
  optionalWord.transform((text, context) => {
    if (text === '') return undefined;
    if (ISO_TIME.safeParse(text).success) return Date.parse(text);
    const wrong = `invalid '${name}' date format. Use ISO 8601 format (e.g., '2026-02-16T18:32:39Z')`;
    context.addIssue({ code: 'custom', ...textError(wrong) });
    return z.NEVER;
  });

const body = z.object({
  number: chatNumber([...CHATS, 'status']),
  count,
  from: time('from'),
  to: time('to'),
  before: optionalWord.transform((id) => id || undefined),
});

export function historyRoute({ db }: Pick<ChatRouteDeps, 'db'>): Route {
  return route({
    method: 'POST',
    path: '/api/chat/history/:instance',
    summary: 'Read the stored messages of a chat',
    examples: historyExamples,
    access: { to: 'instance' },
    rate: 'global',
    bodyErrors: 'detailed',
    body,
    async handle({ instance, body: { number, ...window } }) {
      const { key, jid } = await storedTarget(instance, number, db);
      // A chat that is not stored has no messages yet.
      const page = await readHistory(db, instance, key ?? jid, window);
      const message = 'Chat history retrieved successfully';
      return { body: { success: true, message, chat_jid: jid, ...page } };
    },
  });
}
