import { type AddressingMode, memberJid } from '../../whatsapp/group.ts';
import { type Person, userOf } from '../../whatsapp/jid.ts';
import type { Mentions } from '../../whatsapp/outbound/context.ts';
import { parseUser } from '../../whatsapp/recipient.ts';

/** Who is in a group, and whether the group names its members by phone number or LID. */
export interface GroupMembers {
  addressing: AddressingMode;
  participants: readonly Person[];
}

/** Those whom a message mentions: as the answer shows them, and as the message names them. */
export interface Mentioned {
  /** Phone JIDs where they are known. */
  shown: string[];
  outgoing: Mentions;
  /** The text with the people whom it tags under the address by which the group names them. */
  addressed(text: string): string;
}

export const NO_MENTIONS: Mentioned = {
  shown: [],
  outgoing: { users: [], everyone: false },
  addressed: (text) => text,
};

/**
 * Reads `mention` and `mentionAll` of a message to a group. Clients tag a person only when the user part behind `@`
 * is that of the address in the message, so both are put into the form of the group. Throws `field_invalid`.
 */
export function readMentions(
  { mention, mentionAll }: { mention: string[]; mentionAll: boolean },
  group: GroupMembers | undefined,
): Mentioned {
  const named = mention.map((value) => parseUser(value, 'mention'));
  const everyone = mentionAll ? (group?.participants ?? []).map(wireAddress(group)) : [];
  const users = named.map((jid) => addressIn(group, jid));
  return {
    shown: unique([...named, ...everyone].map((jid) => memberOf(group, jid)?.jid ?? jid)),
    // Without the list of members, only WhatsApp's mention of everyone is possible.
    outgoing: { users: unique([...users, ...everyone]), everyone: mentionAll && everyone.length === 0 },
    addressed: (text) => replaceTags(text, tags(group, named)),
  };
}

/** The address by which a group names a member; `jid` itself for a person who is not in the group. */
export function addressIn(group: GroupMembers | undefined, jid: string): string {
  const member = memberOf(group, jid);
  return member ? wireAddress(group)(member) : jid;
}

function memberOf(group: GroupMembers | undefined, jid: string): Person | undefined {
  return group?.participants.find((person) => person.jid === jid || person.lid === jid);
}

function wireAddress(group: GroupMembers | undefined): (person: Person) => string {
  return (person) => memberJid(person, group?.addressing ?? 'pn') ?? '';
}

/** User part as clients write it -> user part as the group has it. */
function tags(group: GroupMembers | undefined, named: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const jid of named) {
    const address = userOf(addressIn(group, jid));
    const { jid: phone, lid } = memberOf(group, jid) ?? { jid, lid: null };
    for (const form of [jid, phone, lid])
      if (form && userOf(form) !== address) found.set(userOf(form), address);
  }
  return found;
}

function replaceTags(text: string, replacements: ReadonlyMap<string, string>): string {
  if (replacements.size === 0) return text;
  return text.replace(/@(\d{5,20})(?!\d)/g, (tag, user: string) => {
    const address = replacements.get(user);
    return address === undefined ? tag : `@${address}`;
  });
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
