import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { type Account, accountJid } from '../../server/model/account.ts';
import type { Addressing } from '../../wire/jid.ts';
import { contentOf, type KnownMessage } from '../messages/known.ts';

/** What may come with a message of any kind. */
export interface ContextFields {
  quote?: KnownMessage | undefined;
  mentions?: Account[] | undefined;
  /** How often it was forwarded before. */
  forwarded?: number | undefined;
  /** Seconds after which it disappears. */
  expiration?: number | undefined;
  /** The ad that brought the conversation about. */
  ad?: proto.ContextInfo.IExternalAdReplyInfo | undefined;
}

/** The context of a message; undefined when there is none. */
export function contextInfo(
  { quote, mentions, forwarded, expiration, ad }: ContextFields,
  addressing: Addressing,
): proto.IContextInfo | undefined {
  const info: proto.IContextInfo = {
    ...(quote && quoteOf(quote, addressing)),
    ...(mentions && { mentionedJid: mentions.map((account) => accountJid(account, addressing)) }),
    ...(forwarded && { isForwarded: true, forwardingScore: forwarded }),
    ...(expiration && { expiration }),
    ...(ad && { externalAdReply: ad }),
  };
  return Object.keys(info).length > 0 ? info : undefined;
}

export function quoteOf({ id, author, message }: KnownMessage, addressing: Addressing): proto.IContextInfo {
  return { stanzaId: id, participant: accountJid(author, addressing), quotedMessage: contentOf(message) };
}

/** The same message with a context; plain text, which has no place for one, becomes extended text. */
export function withContext(message: proto.IMessage, info: proto.IContextInfo | undefined): proto.IMessage {
  if (!info) return message;
  const { conversation, ...rest } = message;
  if (conversation) return { ...rest, extendedTextMessage: { text: conversation, contextInfo: info } };
  const [field] = Object.keys(message);
  if (!field) return message;
  const value = message[field as keyof proto.IMessage];
  return { ...message, [field]: { ...(value as object), contextInfo: info } };
}

/** Phones put a secret beside what they send: votes, answers and sealed edits of it are keyed with it. */
export function withSecret(message: proto.IMessage): proto.IMessage {
  return { ...message, messageContextInfo: { messageSecret: randomBytes(32) } };
}
