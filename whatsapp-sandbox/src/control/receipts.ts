import type { Phones } from '../phones/directory.ts';
import type { ServerContext } from '../server/context.ts';
import { accountJid } from '../server/model/account.ts';
import { isGroupJid, STATUS_JID } from '../wire/jid.ts';
import { type Stanza, stanza } from '../wire/stanza.ts';
import { accountOf } from './chats.ts';
import { objects, optionalChoice, optionalTexts, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { phoneOf } from './phones.ts';

type Body = Record<string, unknown>;

/** Receipts of several readers in one stanza, as the server sends them for groups and statuses when many read at once. */
export function receiptRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/grouped-receipt',
      handle: ({ params, body }) => {
        const { account } = phoneOf(phones, params.number);
        const from = text(body, 'chat', 100);
        if (from !== STATUS_JID && !isGroupJid(from))
          throw new ControlError(400, 'chat is a group or status');
        const type = optionalChoice(body, 'type', ['read', 'played', 'delivered']) ?? 'read';
        const addressing = ctx.groups.get(from)?.addressing ?? 'lid';
        const readersOf = (message: Body): Stanza => {
          const readers = optionalTexts(message, 'readers', 1000) ?? [];
          const t = String(ctx.seconds());
          const users = readers.map((number) =>
            stanza('user', { jid: accountJid(accountOf(ctx, number), addressing), t }),
          );
          return stanza('participants', { key: text(message, 'id', 200) }, users);
        };
        const content = objects(body, 'messages', 100).map(readersOf);
        const id = ctx.nextId();
        const attrs = { from, id, type: type === 'delivered' ? undefined : type, t: String(ctx.seconds()) };
        for (const device of account.devices.values()) {
          if (device.id !== 0) ctx.delivery.durable(device, stanza('receipt', attrs, content));
        }
        return { id };
      },
    },
  ];
}
