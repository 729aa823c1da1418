import { type Incoming, readIncoming } from '../inbound/incoming.ts';
import type { Person } from '../jid.ts';
import { proto } from '../proto.ts';
import { openHistoryEntry, type WireHistoryEntry } from '../wire.ts';
import type { Conversation } from './conversation.ts';

/** How far a message of the account has come. */
export type SentStatus = 'pending' | 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** A message of the past. */
export interface HistoryMessage {
  incoming: Incoming;
  /** Of a message of the account. */
  status: SentStatus;
}

const { Status, StubType } = proto.WebMessageInfo;

const STATUS_NAMES: Partial<Record<number, SentStatus>> = {
  [Status.ERROR]: 'failed',
  [Status.PENDING]: 'pending',
  [Status.DELIVERY_ACK]: 'delivered',
  [Status.READ]: 'read',
  [Status.PLAYED]: 'played',
};

/**
 * Translates a message of the past; null for what the conversation does not show: notices, placeholders, what acts on
 * another message. `now` in Unix milliseconds.
 */
export function readHistoryMessage(
  entry: WireHistoryEntry,
  conversation: Conversation | null,
  self: Person,
  now: number,
): HistoryMessage | null {
  const message = openHistoryEntry(entry);
  const { key } = message;
  const other = conversation?.id === key.remoteJid ? conversation?.otherAddress : null;
  const named = other ? { ...message, key: { ...key, remoteJidAlt: other } } : message;
  const status = STATUS_NAMES[message.status ?? Status.SERVER_ACK] ?? 'sent';
  if (message.messageStubType !== StubType.REVOKE || message.message) {
    const incoming = readIncoming(named, self, now);
    const acts = incoming?.content.edit ?? incoming?.content.revoke;
    return incoming && !incoming.undecryptable && !acts ? { incoming, status } : null;
  }
  // A revoked message comes as a notice in the place of the message.
  const placeholder = readIncoming({ ...named, message: { conversation: '' } }, self, now);
  return placeholder && { incoming: { ...placeholder, content: REVOKED, encoded: new Uint8Array() }, status };
}

const REVOKED: Incoming['content'] = {
  type: 'message_revoke',
  content: '',
  isForwarded: false,
  context: null,
  mentioned: [],
};
