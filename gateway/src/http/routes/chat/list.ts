import { z } from 'zod';
import { listChats } from '../../../mailbox/read/chat-list.ts';
import { codePoints, textError } from '../../body/fields.ts';
import { type Route, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { optionalQueryFlag, optionalWord } from './fields.ts';
import { listExamples } from './list.example.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const SEARCH_CHARACTERS = 100;

const TYPES = ['private', 'group', 'newsletter', ''] as const;

const query = z.object({
  limit: z
    .string()
    .optional()
    .transform((text) => (text ? (/^\d{1,9}$/.test(text) ? Number(text) : 0) : DEFAULT_LIMIT))
    .refine(
      (value) => value >= 1 && value <= MAX_LIMIT,
      textError(`limit must be between 1 and ${MAX_LIMIT}`),
    ),
  cursor: z.string().optional(),
  archived: optionalQueryFlag('archived'),
  unread: optionalQueryFlag('unread'),
  type: z
    .string()
    .optional()
    .refine(isType, textError("type must be 'private', 'group' or 'newsletter'"))
    .transform((text) => (isType(text) && text ? text : undefined)),
  labelId: optionalWord.transform((id) => id || undefined),
  search: z
    .string()
    .optional()
    .transform((text) => text?.trim() || undefined)
    .refine(
      (text) => !text || codePoints(text) <= SEARCH_CHARACTERS,
      textError(`search must be at most ${SEARCH_CHARACTERS} characters`),
    ),
});

function isType(text: string | undefined): text is (typeof TYPES)[number] | undefined {
  return text === undefined || (TYPES as readonly string[]).includes(text);
}

export function listRoute({ db, clock }: Pick<ChatRouteDeps, 'db' | 'clock'>): Route {
  return route({
    method: 'GET',
    path: '/api/chat/list/:instance',
    summary: 'List chats with their last message',
    examples: listExamples,
    access: { to: 'instance' },
    rate: 'global',
    query,
    async handle({ instance, query: page }) {
      const { chats, ...rest } = await listChats(db, instance, page, clock.now());
      return { body: { success: true, message: `${chats.length} chat(s) found`, chats, ...rest } };
    },
  });
}
