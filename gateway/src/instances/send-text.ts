import { timestamp } from '../clock.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { type Mentions, outgoingContext } from '../whatsapp/outbound/context.ts';
import { firstUrl } from '../whatsapp/outbound/link-preview.ts';
import { buildText, type LinkPreview } from '../whatsapp/outbound/text.ts';
import { parseMention } from '../whatsapp/recipient.ts';
import type { Recipients } from './recipients.ts';
import { linkedSelf } from './self.ts';
import type { Sender, SenderOptions } from './sender.ts';

const SECRET_BYTES = 32;

export interface TextRequest {
  recipient: Jid;
  message: string;
  /** Left out: yes when the text holds a URL. */
  linkPreview: boolean | undefined;
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

export interface SendTextOptions {
  sender: Sender;
  recipients: Recipients;
  sessions: SenderOptions['sessions'];
  random: SenderOptions['random'];
  preview(url: string): Promise<LinkPreview | null>;
}

/** Sends a text; resolves with the answer's `data` (`messages.md` 1.6) once WhatsApp acknowledged it. */
export async function sendText(instance: InstanceRow, request: TextRequest, options: SendTextOptions) {
  const { sender, recipients, sessions, random, preview } = options;
  const { message, source, replyTo } = request;
  const self = linkedSelf(instance).jid;
  const session = sessions.session(instance.id);
  const { target, quote } = await recipients.address(instance.id, session, { ...request, self });
  const mentions = target.chat.kind === 'group' ? readMentions(request) : NOBODY;
  const url = request.linkPreview === false ? null : firstUrl(message);
  const proto = buildText({
    text: message,
    preview: url ? await preview(url) : null,
    context: outgoingContext(target.to, quote, mentions),
    secret: target.chat.kind === 'newsletter' ? null : random(SECRET_BYTES),
  });
  const { onId, delay } = request;
  const sent = await sender.send(instance, {
    target,
    proto,
    type: 'text',
    content: message,
    source,
    delay,
    onId,
  });
  return {
    messageId: sent.id,
    direction: 'outgoing',
    messageType: 'text',
    content: message,
    timestamp: timestamp(sent.at),
    source,
    status: 'sent',
    chat: sent.place.view,
    sender: sent.sender,
    ...(mentions.users.length > 0 && { mentions: mentions.users }),
    ...(quote && { replyTo: { messageId: replyTo } }),
  };
}

const NOBODY: Mentions = { users: [], everyone: false };

function readMentions({ mention, mentionAll }: TextRequest): Mentions {
  return { users: [...new Set(mention.map(parseMention))], everyone: mentionAll };
}
