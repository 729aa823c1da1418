import { z } from 'zod';
import { failure } from '../../../failure.ts';
import { storedTarget } from '../../../instances/chats/chat-target.ts';
import { Contacts } from '../../../mailbox/contacts.ts';
import { contactView, listContacts } from '../../../mailbox/read/contact-list.ts';
import { type Route, type RouteExample, route } from '../../route.ts';
import type { ChatRouteDeps } from './deps.ts';
import { optionalChatNumber } from './fields.ts';

const MAX_LIMIT = 1_000;

const joao = {
  jid: '5511999999999@s.whatsapp.net',
  lid: '199789077627112@lid',
  first_name: 'João',
  full_name: 'João Silva',
  push_name: 'joao',
  business_name: '',
  redacted_phone: '',
  found: true,
};

const examples: RouteExample[] = [
  {
    query: { limit: '100' },
    answer: {
      success: true,
      message: 'Contacts retrieved successfully',
      total: 1,
      contacts: [joao],
      nextCursor: null,
    },
  },
  {
    query: { number: '5511999999999' },
    answer: { success: true, message: 'Contact retrieved successfully', contact: joao },
  },
];

export function contactsRoute({ db }: Pick<ChatRouteDeps, 'db'>): Route {
  return route({
    method: 'GET',
    path: '/api/chat/contacts/:instance',
    summary: 'List contacts, or look one up',
    examples,
    access: { to: 'instance' },
    rate: 'global',
    query: z.object({
      number: optionalChatNumber(['user', 'lid']),
      limit: z.string().optional(),
      cursor: z.string().optional(),
    }),
    async handle({ instance, query: { number, limit, cursor } }) {
      if (!number) {
        const page = await listContacts(db, instance.id, { limit: readLimit(limit), cursor });
        return { body: { success: true, message: 'Contacts retrieved successfully', ...page } };
      }
      const { address } = await storedTarget(instance, number, db);
      if (address.kind !== 'private') throw new Error('a person has a private chat');
      const row = await new Contacts(db, instance.id, 0).find(address.person);
      const message = row ? 'Contact retrieved successfully' : 'Contact not found';
      return { body: { success: true, message, contact: contactView(row ?? address.person, row) } };
    },
  });
}

/** With a number the limit is ignored, so it is no rule of the query. */
function readLimit(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw failure('field_invalid', { text: `limit must be between 1 and ${MAX_LIMIT}` });
}
