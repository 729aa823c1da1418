import type { ChatAddress } from '../inbound/origin.ts';
import { type Person, parseJid, personOf, STATUS } from '../jid.ts';
import { type proto, toNumber } from '../proto.ts';

/** What a phone says of one conversation of the past. Times are Unix milliseconds. */
export interface Conversation {
  /** JID by which the phone names it. */
  id: string;
  /** The other address of its person, when the phone gives one. */
  otherAddress: string | null;
  /** Its person, with every address that the phone gives; null when it is a room. */
  person: Person | null;
  /** null for a conversation that is no chat of ours: a broadcast list, stories. */
  address: ChatAddress | null;
  /** The first chunk of a conversation alone says how many of its newest messages are unread. */
  newest: boolean;
  unread: number;
  title: string | null;
  archived: boolean;
  markedUnread: boolean;
  pinnedAt: number | null;
  /** null = not muted, -1 = without end. */
  mutedUntil: number | null;
  /** 0 = the phone does not say. */
  activeAt: number;
  /** The token that the other side has given; null when there is none. */
  token: { token: Uint8Array; at: number; sentAt: number | null } | null;
}

/** Reads a conversation; null when it does not say which. */
export function readConversation(said: proto.IConversation, newest: boolean): Conversation | null {
  const { id } = said;
  if (!id) return null;
  const otherAddress = (parseJid(id)?.kind === 'lid' ? said.pnJid : said.lidJid) || null;
  return {
    id,
    otherAddress,
    person: personOf(id, said.pnJid, said.lidJid),
    address: addressOf(id, otherAddress),
    newest,
    unread: said.unreadCount ?? 0,
    title: said.displayName || said.name || null,
    archived: said.archived === true,
    markedUnread: said.markedAsUnread === true,
    pinnedAt: secondsToMs(said.pinned) || null,
    mutedUntil: muteEnd(said.muteEndTime),
    activeAt: secondsToMs(said.conversationTimestamp ?? said.lastMsgTimestamp),
    token: tokenOf(said),
  };
}

function addressOf(id: string, otherAddress: string | null): ChatAddress | null {
  const room = parseJid(id);
  if (!room || room.jid === STATUS || room.kind === 'broadcast') return null;
  if (room.kind === 'group' || room.kind === 'newsletter') return { kind: room.kind, jid: room.jid };
  const person = personOf(id, otherAddress);
  return person && { kind: 'private', person };
}

function tokenOf({
  tcToken,
  tcTokenTimestamp,
  tcTokenSenderTimestamp,
}: proto.IConversation): Conversation['token'] {
  const at = toNumber(tcTokenTimestamp);
  if (!tcToken?.length || at <= 0) return null;
  return { token: tcToken, at, sentAt: toNumber(tcTokenSenderTimestamp) || null };
}

type Seconds = Parameters<typeof toNumber>[0];

function secondsToMs(seconds: Seconds): number {
  const ms = toNumber(seconds) * 1_000;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : 0;
}

/** WhatsApp's largest number means without end; history gives seconds, the app state milliseconds. */
function muteEnd(end: Seconds): number | null {
  const value = toNumber(end);
  if (!value) return null;
  if (value < 0 || !Number.isSafeInteger(value)) return -1;
  return value < 100_000_000_000 ? value * 1_000 : value;
}
