import type { proto } from 'baileys';
import { quotation, textMessage } from '../phones/content.ts';
import type { Phones } from '../phones/directory.ts';
import { composeMedia } from '../phones/media-sending.ts';
import type { Phone } from '../phones/phone.ts';
import { type SendOptions, sendMessage } from '../phones/sending.ts';
import { RefusedError } from '../phones/submit.ts';
import type { ServerContext } from '../server/context.ts';
import type { Account } from '../server/directory.ts';
import { accountJid } from '../server/directory.ts';
import { type Chat, chatJid, isNewsletter } from '../server/groups.ts';
import { isGroupJid, isNewsletterJid } from '../wire/jid.ts';
import { optionalChoice, optionalText, phoneNumber, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { MAX_MEDIA_BODY_BYTES, mediaToSend } from './media.ts';
import { newsletterOf } from './newsletters.ts';
import { phoneOf } from './phones.ts';

const MAX_WAIT_MS = 60_000;

/** Finds the account that a number, a phone-number JID or a LID names. */
export function accountOf(ctx: ServerContext, to: string): Account {
  const account =
    ctx.directory.account(to) ?? (to.includes('@') ? undefined : ctx.directory.get(phoneNumber(to)));
  if (!account) throw new ControlError(404, `${to} is not on this server`);
  return account;
}

/** Like `accountOf`, and a group or channel by its JID. */
export function chatOf(ctx: ServerContext, to: string): Chat {
  if (isNewsletterJid(to)) return newsletterOf(ctx, to);
  if (!isGroupJid(to)) return accountOf(ctx, to);
  const group = ctx.groups.get(to);
  if (!group) throw new ControlError(404, `there is no group ${to}`);
  return group;
}

/** Sends for a phone; what the server refuses is the caller's error. */
export async function sendAs(
  phone: Phone,
  to: Chat,
  message: proto.IMessage,
  options: SendOptions,
): Promise<{ id: string }> {
  try {
    return { id: await sendMessage(phone, to, message, options) };
  } catch (error) {
    if (error instanceof RefusedError) throw new ControlError(409, error.message);
    throw error;
  }
}

/** A message that is answered, found among what the phone received or sent. */
function quotedMessage(phone: Phone, id: string) {
  const received = phone.inbox.find(id);
  if (received) return { id, participant: received.from, text: received.text };
  const sent = phone.outbox.get(id);
  if (!sent) throw new ControlError(404, `message ${id} is not known to this phone`);
  const { conversation, extendedTextMessage } = sent.message;
  const said = conversation ?? extendedTextMessage?.text ?? undefined;
  return { id, participant: accountJid(phone.account, 'pn'), text: said };
}

/** Sending as a phone, and reading what it received. */
export function messageRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/send',
      maxBodyBytes: MAX_MEDIA_BODY_BYTES,
      handle: async ({ params, body }) => {
        const phone = phoneOf(phones, params.number);
        const to = chatOf(ctx, text(body, 'to', 100));
        const quote = optionalText(body, 'quote', 200);
        const quoted = quote === undefined ? undefined : quotedMessage(phone, quote);
        const options = {
          id: optionalText(body, 'id', 200),
          addressing: optionalChoice(body, 'addressing', ['pn', 'lid']),
        };
        const media = mediaToSend(body);
        if (!media) return sendAs(phone, to, textMessage(text(body, 'text'), quoted), options);
        const { message, held, file } = await composeMedia(phone, media, {
          contextInfo: quoted && quotation(quoted),
          plain: isNewsletter(to),
        });
        const { id } = await sendAs(phone, to, message, options);
        phone.gallery.set(id, held);
        return { id, media: file };
      },
    },
    {
      method: 'GET',
      path: '/control/phones/:number/sent/:id',
      handle: ({ params }) => {
        const id = params.id ?? '';
        const sent = phoneOf(phones, params.number).outbox.get(id);
        if (!sent || sent.peer) throw new ControlError(404, `message ${id} was not sent by this phone`);
        return { id, chat: chatJid(sent.chat), receipts: Object.fromEntries(sent.receipts) };
      },
    },
    {
      method: 'GET',
      path: '/control/phones/:number/inbox',
      handle: async ({ params, query, signal }) => {
        const phone = phoneOf(phones, params.number);
        const after = wholeNumber(query, 'after', Number.MAX_SAFE_INTEGER);
        const wait = wholeNumber(query, 'wait', MAX_WAIT_MS);
        return { messages: await phone.inbox.wait(after, wait, signal) };
      },
    },
  ];
}

function wholeNumber(query: URLSearchParams, name: string, max: number): number {
  const value = query.get(name) ?? '0';
  if (!/^\d{1,16}$/.test(value) || Number(value) > max) {
    throw new ControlError(400, `${name} must be a whole number up to ${max}`);
  }
  return Number(value);
}
