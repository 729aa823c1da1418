import type { proto } from 'baileys';
import { type Account, accountJid } from '../../server/model/account.ts';
import { type Chat, isGroup } from '../../server/model/chats.ts';
import type { Addressing } from '../../wire/jid.ts';
import type { Recent } from '../recent.ts';
import { unwrapped } from './envelopes.ts';
import type { SentMessage } from './sent.ts';

/** What a phone keeps of messages. */
export interface Memory {
  readonly account: Account;
  readonly received: Recent<Omit<KnownMessage, 'id'>>;
  readonly outbox: Recent<SentMessage>;
}

/** A message that a phone has on its screen: it can be quoted, forwarded, reacted to or voted on. */
export interface KnownMessage {
  id: string;
  message: proto.IMessage;
  chat: Chat;
  author: Account;
}

/** What the phone sent or received under this id. */
export function knownMessage(phone: Memory, id: string): KnownMessage | undefined {
  const received = phone.received.get(id);
  if (received) return { id, ...received };
  const sent = phone.outbox.get(id);
  return sent && !sent.peer
    ? { id, message: sent.message, chat: sent.chat, author: phone.account }
    : undefined;
}

export function isOwn(phone: Pick<Memory, 'account'>, known: KnownMessage): boolean {
  return known.author === phone.account;
}

/** How the phone names a message to others; in a group with its author. */
export function keyOf(
  phone: Pick<Memory, 'account'>,
  known: KnownMessage,
  addressing: Addressing,
): proto.IMessageKey {
  const fromMe = isOwn(phone, known);
  const author = isGroup(known.chat) && !fromMe ? { participant: accountJid(known.author, 'lid') } : {};
  return { remoteJid: wireJid(known.chat, addressing), fromMe, id: known.id, ...author };
}

/** A chat as it is addressed. */
export function wireJid(chat: Chat, addressing: Addressing): string {
  return 'jid' in chat ? chat.jid : accountJid(chat, addressing);
}

/** The content alone: no secret, and no quote of its own. */
export function contentOf(message: proto.IMessage): proto.IMessage {
  const { messageContextInfo: _, senderKeyDistributionMessage: __, ...content } = unwrapped(message);
  return Object.fromEntries(
    Object.entries(content)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([field, value]) => [field, withoutContext(value)]),
  );
}

function withoutContext(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('contextInfo' in value)) return value;
  const { contextInfo: _, ...rest } = value;
  return rest;
}

/** What votes, answers and sealed edits of a message are keyed with. */
export function secretOf({ message }: KnownMessage): Uint8Array | undefined {
  const beside = message.messageContextInfo ?? unwrapped(message).messageContextInfo;
  return beside?.messageSecret ?? undefined;
}
