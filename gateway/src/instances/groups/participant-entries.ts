import type { InstanceRow } from '../../storage/schema.ts';
import { type GroupMetadata, memberJid } from '../../whatsapp/group.ts';
import { isSelf } from '../../whatsapp/inbound/origin.ts';
import { type Person, userOf } from '../../whatsapp/jid.ts';
import type { ParticipantAnswer } from '../../whatsapp/ports/groups.ts';
import { numberVariants, readChatNumber } from '../../whatsapp/recipient.ts';
import type { GroupDeps } from './deps.ts';

/** What happened with one entry of a request. */
export type ParticipantResult =
  | { jid: string; success: true }
  | { jid: string; success: false; error: string; code: number };

export type GroupAction = 'add' | 'remove' | 'promote' | 'demote' | 'approve' | 'reject';

/** One entry of a request: the person that it names, and the JID by which WhatsApp is asked; null when it is not asked. */
export interface Entry {
  /** As it is shown when WhatsApp gives no other JID. */
  jid: string;
  person: Person | null;
  wire: string | null;
  /** Known before WhatsApp is asked. */
  code: number | null;
}

const SHOWN_CHARACTERS = 64;
const UNREGISTERED = 404;
const MALFORMED = 400;

/** Reads the entries of a request, each person once, in their order. An entry that is no number keeps its text. */
export function readEntries(numbers: string[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const text of numbers) {
    const number = readChatNumber(text.trim());
    const jid = number?.jid ?? text;
    const isPerson = number?.kind === 'user' || number?.kind === 'lid';
    const person = isPerson
      ? { jid: number.kind === 'user' ? jid : null, lid: number.kind === 'lid' ? jid : null }
      : null;
    entries.set(jid, { jid, person, wire: person && jid, code: person ? null : MALFORMED });
  }
  return [...entries.values()];
}

/** Finds the phone numbers on WhatsApp, Brazil's other form included; a number that is not there gets a code. */
export async function registered(
  { id }: InstanceRow,
  entries: Entry[],
  { sessions, numbers }: Pick<GroupDeps, 'sessions' | 'numbers'>,
): Promise<Entry[]> {
  const digits = entries.flatMap(({ person }) => (person?.jid ? userOf(person.jid) : []));
  const users = await numbers.check(id, sessions.session(id), digits);
  const found = new Map(digits.map((number, i) => [number, users[i] ?? null]));
  return onePerPerson(
    entries.map((entry) => {
      if (!entry.person?.jid) return entry;
      const user = found.get(userOf(entry.person.jid));
      if (!user) return { ...entry, wire: null, code: UNREGISTERED };
      return { jid: user.jid, person: { jid: user.jid, lid: user.lid }, wire: user.jid, code: null };
    }),
  );
}

/** Finds the entries among people who are known, by any form of their numbers; others stay as they were named. */
export function among(entries: Entry[], people: Person[], addressing: GroupMetadata['addressing']): Entry[] {
  return onePerPerson(
    entries.map((entry) => {
      const named = entry.person;
      const found = named && people.find((person) => formsOf(named).some((form) => isSelf(person, form)));
      if (!found) return entry;
      const person = { jid: found.jid, lid: found.lid };
      return { ...entry, person, wire: memberJid(person, addressing) };
    }),
  );
}

/** Results in the order of the entries. A person whom WhatsApp does not mention was not refused. */
export function resultsOf(
  entries: Entry[],
  answers: ParticipantAnswer[],
  action: GroupAction,
): ParticipantResult[] {
  return entries.map(({ jid, person, code }) => {
    const answer = person && answers.find((each) => isSelf(each.person, person));
    const refused = code ?? answer?.code ?? null;
    const shown = answer?.person.jid ?? person?.jid ?? jid;
    if (refused === null) return { jid: shown, success: true };
    return { jid: shown, success: false, error: errorText(refused, action, jid), code: refused };
  });
}

const TEXTS: Record<number, string> = {
  401: 'Not authorized for this participant',
  403: "Participant's privacy settings do not allow this",
  408: 'Participant left the group recently',
  409: 'Already a participant of this group',
  417: 'Participant cannot be added to this community',
  419: 'Group is full',
};

const MISSING: Record<GroupAction, string> = {
  add: 'Number is not registered on WhatsApp',
  remove: 'Not a participant of this group',
  promote: 'Not a participant of this group',
  demote: 'Not a participant of this group',
  approve: 'No pending request from this participant',
  reject: 'No pending request from this participant',
};

function errorText(code: number, action: GroupAction, entry: string): string {
  if (code === MALFORMED) return `Invalid number: ${[...entry].slice(0, SHOWN_CHARACTERS).join('')}`;
  if (code === UNREGISTERED) return MISSING[action];
  return TEXTS[code] ?? `WhatsApp error ${code}`;
}

function onePerPerson(entries: Entry[]): Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    const { person } = entry;
    if (!person || !kept.some((other) => other.person && isSelf(other.person, person))) kept.push(entry);
  }
  return kept;
}

function formsOf({ jid, lid }: Person): Person[] {
  if (!jid) return [{ jid, lid }];
  return numberVariants(userOf(jid)).map((digits) => ({ jid: `${digits}@s.whatsapp.net`, lid }));
}
