import { contentField, unwrap } from '../inbound/read.ts';
import type { proto } from '../proto.ts';
import { openMessage, type WireContext, type WireMessage, wireContext } from '../wire.ts';

export interface Quote {
  messageId: string;
  /** JID of its author. */
  author: string;
  /** JID of the chat that it is in. */
  chat: string;
  /** undefined when its content was never known. */
  content: WireMessage | undefined;
}

export interface Mentions {
  /** JIDs */
  users: string[];
  everyone: boolean;
}

/** Quote and mentions of an outgoing message to `to`; null when there is neither. */
export function outgoingContext(to: string, quote: Quote | null, mentions: Mentions): WireContext | null {
  if (!quote && mentions.users.length === 0 && !mentions.everyone) return null;
  return wireContext({
    ...(quote && {
      stanzaId: quote.messageId,
      participant: quote.author,
      quotedMessage: quotedContent(quote.content),
      // Only a quote from another chat has to say where it comes from.
      ...(quote.chat !== to && { remoteJid: quote.chat }),
    }),
    ...(mentions.users.length > 0 && { mentionedJid: mentions.users }),
    ...(mentions.everyone && { nonJidMentions: 1 }),
  });
}

/** The content alone: no keys, no secret, and no quote of its own. */
function quotedContent(message: WireMessage | undefined): proto.IMessage {
  const content = message ? unwrap(openMessage(message)) : {};
  const field = contentField(content);
  if (!field) return { conversation: '' };
  const value = content[field];
  if (typeof value !== 'object' || value === null || !('contextInfo' in value)) return { [field]: value };
  const { contextInfo: _, ...rest } = value;
  return { [field]: rest };
}
