import { timestamp } from '../clock.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { type Mentions, outgoingContext } from '../whatsapp/outbound/context.ts';
import type { OutgoingKind } from '../whatsapp/outbound/kind.ts';
import { parseMention } from '../whatsapp/recipient.ts';
import type { Recipients } from './recipients.ts';
import { linkedSelf } from './self.ts';
import type { Sender, SenderOptions } from './sender.ts';

const SECRET_BYTES = 32;

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
  const { sender, recipients, sessions, random } = options;
  const { source, replyTo, delay, onId } = request;
  const { type, content } = kind;
  const self = linkedSelf(instance).jid;
  const session = sessions.session(instance.id);
  const { target, quote } = await recipients.address(instance.id, session, { ...request, self });
  const { to, chat } = target;
  const mentions = chat.kind === 'group' ? readMentions(request) : NOBODY;
  await kind.prepare?.(chat);
  const context = outgoingContext(to, quote, mentions);
  const secret = chat.kind === 'newsletter' ? null : random(SECRET_BYTES);
  const sent = await sender.send(instance, {
    target,
    build: async (session) => kind.build({ to, chat, context, secret, session }),
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
    ...(mentions.users.length > 0 && { mentions: mentions.users }),
    ...(quote && { replyTo: { messageId: replyTo } }),
    ...sent.answer,
  };
}

const NOBODY: Mentions = { users: [], everyone: false };

function readMentions({ mention, mentionAll }: SendRequest): Mentions {
  return { users: [...new Set(mention.map(parseMention))], everyone: mentionAll };
}
