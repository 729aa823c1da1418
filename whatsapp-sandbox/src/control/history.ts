import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import { integer, optionalInteger } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

const MAX_CHATS = 100_000;
const MAX_MESSAGES = 10_000_000;
const MAX_DAYS = 3_650;
const MAX_CHUNK = 50_000;

/** A history for phones that have lived none. */
export function historyRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/history',
      handle: ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        const chats = integer(body, 'chats', 1, MAX_CHATS);
        const messages = integer(body, 'messages', 0, MAX_MESSAGES);
        if (messages < chats) throw new ControlError(400, 'there must be a message for every chat');
        phone.history = {
          chats,
          messages,
          days: optionalInteger(body, 'days', 1, MAX_DAYS) ?? 30,
          unread: optionalInteger(body, 'unread', 0, 100) ?? 0,
          chunk: optionalInteger(body, 'chunk', 1, MAX_CHUNK) ?? 5_000,
          until: ctx.seconds() - 60,
        };
        return { chats, messages };
      },
    },
  ];
}
