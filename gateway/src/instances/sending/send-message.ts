import { timestamp } from '../../clock.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Jid } from '../../whatsapp/jid.ts';
import { outgoingContext } from '../../whatsapp/outbound/context.ts';
import type { OutgoingKind } from '../../whatsapp/outbound/kind.ts';
import { linkedSelf } from '../self.ts';
import { NOBODY, readMentions } from './mentions.ts';
import type { Recipients } from './recipients.ts';
import type { Sender, SenderOptions } from './sender.ts';

export const SECRET_BYTES = 32;

/** What a sending request says besides its content (`messages.md` 1.2, 1.3). */
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

export interface SendOptions {
  sender: Sender;
  recipients: Recipients;
  sessions: SenderOptions['sessions'];
  random: SenderOptions['random'];
}

/** Sends one message of any kind; resolves with the answer's `data` (`messages.md` 1.6) once WhatsApp acknowledged it. */
export async function sendMessage(
  instance: InstanceRow,
  request: SendRequest,
  kind: OutgoingKind,
  options: SendOptions,
) {
  try {
    return await send(instance, request, kind, options);
  } finally {
    await kind.release?.();
  }
}

async function send(instance: InstanceRow, request: SendRequest, kind: OutgoingKind, options: SendOptions) {
  const { sender, recipients, sessions, random } = options;
  const { source, replyTo, delay, onId } = request;
  const { type, content, about } = kind;
  const self = linkedSelf(instance).jid;
  const session = sessions.session(instance.id);
  const address = await recipients.address(instance.id, session, { ...request, about, self });
  const { target, quote } = address;
  const { to, chat } = target;
  await recipients.requireOpen(instance.id, session, chat);
  const mentioned = chat.kind === 'group' ? readMentions(request, target.group) : NOBODY;
  await kind.prepare?.(chat);
  const building = {
    to,
    chat,
    context: outgoingContext(to, quote, mentioned.outgoing),
    addressed: mentioned.addressed,
    about: address.about,
    secret: chat.kind === 'newsletter' ? null : random(SECRET_BYTES),
  };
  const sent = await sender.send(instance, {
    target,
    build: async (session) => ({
      ...(await kind.build({ ...building, session })),
      ...(chat.kind === 'status' && { viewers: await recipients.viewers(instance.id, session) }),
    }),
    type,
    content,
    source,
    delay,
    onId,
  });
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
