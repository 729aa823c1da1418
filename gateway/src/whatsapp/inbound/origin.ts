import { type Jid, type Person, parseJid, personOf, STATUS } from '../jid.ts';
import { toNumber, type WAMessage } from '../proto.ts';

/** Where a message was said: with one person, or in a room that has a JID of its own. */
export type ChatAddress =
  | { kind: 'private'; person: Person }
  | { kind: 'group' | 'newsletter' | 'status'; jid: string };

/** Who said it: the account itself, a person, or the channel that it was posted in. */
export type Author = { kind: 'self' } | { kind: 'person'; person: Person } | { kind: 'channel' };

export interface Origin {
  id: string;
  chat: ChatAddress;
  author: Author;
  /** Unix milliseconds, WhatsApp's time. */
  at: number;
  /** How WhatsApp addressed it, for the receipt that marks it read. */
  key: { chat: string; participant: string | null };
}

/** WhatsApp's ids have 16 to 32 characters; one that no index could hold is not let near the database. */
export function isMessageId(id: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(id);
}

/** Reads whose message it is and where it belongs; null when the key makes no sense. */
export function originOf({ key, messageTimestamp }: WAMessage, self: Person, now: number): Origin | null {
  const room = parseJid(key.remoteJid);
  if (!room || !key.id || !isMessageId(key.id)) return null;
  const participant = parseJid(key.participant)?.jid ?? null;
  const speaker = personOf(participant, key.participantAlt, room.kind === 'group' ? null : key.remoteJidAlt);
  const fromSelf = key.fromMe === true || isSelf(speaker, self);
  const place = placeOf(room, { fromSelf, speaker, alternative: key.remoteJidAlt, self });
  if (!place) return null;
  return {
    id: key.id,
    ...place,
    at: plausibleTime(toNumber(messageTimestamp) * 1000, now),
    key: { chat: room.jid, participant },
  };
}

export function isSelf(person: Person | null, self: Person): boolean {
  if (!person) return false;
  return (person.jid !== null && person.jid === self.jid) || (person.lid !== null && person.lid === self.lid);
}

interface Speaking {
  fromSelf: boolean;
  speaker: Person | null;
  alternative: string | undefined;
  self: Person;
}

function placeOf(
  room: Jid,
  { fromSelf, speaker, alternative, self }: Speaking,
): Pick<Origin, 'chat' | 'author'> | null {
  const author: Author | null = fromSelf ? { kind: 'self' } : speaker && { kind: 'person', person: speaker };
  switch (room.kind) {
    case 'user':
    case 'lid': {
      const person = otherSide(room.jid, alternative, self);
      if (isSelf(person, self)) return { chat: { kind: 'private', person: self }, author: { kind: 'self' } };
      return {
        chat: { kind: 'private', person },
        author: fromSelf ? { kind: 'self' } : { kind: 'person', person },
      };
    }
    // A broadcast list lives on its owner's phone; the message belongs in the chat with its owner.
    case 'broadcast':
      return author && { chat: { kind: 'private', person: fromSelf ? self : (speaker ?? self) }, author };
    case 'newsletter':
      return {
        chat: { kind: 'newsletter', jid: room.jid },
        author: fromSelf ? { kind: 'self' } : { kind: 'channel' },
      };
    case 'group':
      return author && { chat: { kind: 'group', jid: room.jid }, author };
    case 'status':
      return author && { chat: { kind: 'status', jid: STATUS }, author };
  }
}

/**
 * The person behind a private chat. On messages of our own the alternative address may be ours instead of the other
 * side's; pairing the two would make one person of both.
 */
function otherSide(jid: string, alternative: string | undefined, self: Person): Person {
  const alone = personOf(jid) ?? { jid, lid: null };
  if (!isSelf(alone, self) && isSelf(personOf(alternative), self)) return alone;
  return personOf(jid, alternative) ?? alone;
}

/** A time that is missing or beyond what a date can hold is now. */
export function plausibleTime(ms: number, now: number): number {
  return Number.isSafeInteger(ms) && ms > 0 && ms <= MAX_TIME_MS ? ms : now;
}

const MAX_TIME_MS = Date.UTC(9999, 11, 31);
