import type { proto } from 'baileys';
import { contextInfo, withContext, withSecret } from '../phones/compose/context.ts';
import type { Phones } from '../phones/directory.ts';
import { composeMedia } from '../phones/media/sending.ts';
import { contentOf } from '../phones/messages/known.ts';
import type { Phone } from '../phones/phone.ts';
import { type SendOptions, sendMessage } from '../phones/sending/sending.ts';
import { RefusedError } from '../phones/sending/submit.ts';
import type { ServerContext } from '../server/context.ts';
import { type Chat, chatJid, isNewsletter } from '../server/model/chats.ts';
import { accountOf, chatOf } from './chats.ts';
import { draft, rawMessage } from './drafts.ts';
import { optionalChoice, optionalText, optionalTexts, text } from './fields.ts';
import { ControlError, type Route } from './http.ts';
import { MAX_MEDIA_BODY_BYTES, mediaToSend } from './media.ts';
import { contextFields, known } from './message-context.ts';
import { phoneOf } from './phones.ts';

const MAX_WAIT_MS = 60_000;

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

/** Sending as a phone, and reading what it received. */
export function messageRoutes(ctx: ServerContext, phones: Phones): Route[] {
  return [
    {
      method: 'POST',
      path: '/control/phones/:number/send',
      maxBodyBytes: MAX_MEDIA_BODY_BYTES,
      handle: ({ params, body }) => send(ctx, phoneOf(phones, params.number), body),
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

/** Composes and sends one message; answers with its id, and with the file when there is one. */
async function send(ctx: ServerContext, phone: Phone, body: Record<string, unknown>) {
  const to = chatOf(ctx, text(body, 'to', 100));
  const addressing = optionalChoice(body, 'addressing', ['pn', 'lid']) ?? 'lid';
  const viewers = optionalTexts(body, 'viewers', 1000)?.map((viewer) => accountOf(ctx, viewer));
  const unavailable = optionalText(body, 'unavailable', 100);
  const options = { id: optionalText(body, 'id', 200), addressing, viewers, unavailable };
  const around = contextFields(ctx, phone, body);
  if (body.forward !== undefined) around.forwarded ??= 1;
  const context = contextInfo(around, addressing);
  const secretly = isNewsletter(to) ? (message: proto.IMessage) => message : withSecret;
  const media = mediaToSend(body);
  if (media) {
    const composed = await composeMedia(phone, media, { contextInfo: context, plain: isNewsletter(to) });
    const { id } = await sendAs(phone, to, secretly(composed.message), options);
    phone.gallery.set(id, composed.held);
    return { id, media: composed.file };
  }
  const raw = rawMessage(body);
  if (raw) return sendAs(phone, to, raw, options);
  const message = draft(body) ?? forwardedMessage(phone, body);
  return sendAs(phone, to, secretly(withContext(message, context)), options);
}

/** `forward`: the content of a message on the screen, once more. */
function forwardedMessage(phone: Phone, body: Record<string, unknown>): proto.IMessage {
  const id = optionalText(body, 'forward', 200);
  if (id === undefined) throw new ControlError(400, 'text is missing');
  return contentOf(known(phone, id).message);
}

function wholeNumber(query: URLSearchParams, name: string, max: number): number {
  const value = query.get(name) ?? '0';
  if (!/^\d{1,16}$/.test(value) || Number(value) > max) {
    throw new ControlError(400, `${name} must be a whole number up to ${max}`);
  }
  return Number(value);
}
