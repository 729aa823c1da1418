import { timestamp } from '../../clock.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Jid } from '../../whatsapp/jid.ts';
import { outgoingContext } from '../../whatsapp/outbound/context.ts';
import type { OutgoingKind } from '../../whatsapp/outbound/kind.ts';
import { askWhatsApp } from '../ask-whatsapp.ts';
import { addressMessage } from './address.ts';
import { deliver } from './deliver.ts';
import type { SendDeps } from './deps.ts';
import { NO_MENTIONS, readMentions } from './mentions.ts';
import { messageFailure } from './message-failure.ts';
import { requireOpenChat } from './require-open-chat.ts';
import { statusViewers } from './status-viewers.ts';

export const SECRET_BYTES = 32;

/** What a sending request holds besides the content of the message. */
export interface SendRequest {
  recipient: Jid;
  /** Seconds */
  delay: number;
  replyTo: string | undefined;
  replyPrivate: boolean;
  /** As the client wrote them; read for groups only. */
  mention: string[];
  mentionAll: boolean;
  source: string;
  onId(id: string): void;
}

/** Sends one message of any kind; resolves with the answer's `data` once WhatsApp acknowledged it. */
export async function sendMessage(
  instance: InstanceRow,
  { kind, ...request }: SendRequest & { kind: OutgoingKind },
  deps: SendDeps,
) {
  try {
    return await askWhatsApp(messageFailure, () => send(instance, request, kind, deps));
  } finally {
    await kind.release?.();
  }
}

async function send(instance: InstanceRow, request: SendRequest, kind: OutgoingKind, deps: SendDeps) {
  const { source, replyTo, delay, onId } = request;
  const { type, content, about } = kind;
  const session = deps.sessions.session(instance.id);
  const address = await addressMessage(instance, session, { ...request, about }, deps);
  const { target, quote } = address;
  const { to, chat } = target;
  await requireOpenChat(instance, session, chat, deps);
  const mentioned = chat.kind === 'group' ? readMentions(request, target.group) : NO_MENTIONS;
  await kind.prepare?.(chat);
  const building = {
    to,
    chat,
    context: outgoingContext(to, quote, mentioned.outgoing),
    addressed: mentioned.addressed,
    about: address.about,
    secret: chat.kind === 'newsletter' ? null : deps.random(SECRET_BYTES),
  };
  const sent = await deliver(
    instance,
    {
      target,
      build: async (session) => ({
        ...(await kind.build({ ...building, session })),
        ...(chat.kind === 'status' && { viewers: await statusViewers(instance, session, deps) }),
      }),
      type,
      content,
      source,
      delay,
      onId,
    },
    deps,
  );
  return {
    messageId: sent.id,
    direction: 'outgoing',
    messageType: type,
    content,
    timestamp: timestamp(sent.at),
    source,
    status: 'sent',
    chat: sent.place.view,
    sender: sent.sender,
    ...(mentioned.shown.length > 0 && { mentions: mentioned.shown }),
    ...(quote && { replyTo: { messageId: replyTo } }),
    ...sent.answer,
  };
}
