/** What an address names. `broadcast` is a list that a person keeps on the phone. */
export type JidKind = 'user' | 'lid' | 'group' | 'newsletter' | 'status' | 'broadcast';

export interface Jid {
  kind: JidKind;
  /** Without a device, in the one form that is stored and shown. */
  jid: string;
}

export const STATUS = 'status@broadcast';

/** Servers that hold the same users under another name: business accounts hosted by Meta, and the oldest form. */
const SERVER_ALIASES: Record<string, string> = {
  'c.us': 's.whatsapp.net',
  hosted: 's.whatsapp.net',
  'hosted.lid': 'lid',
};

const KINDS: Record<string, JidKind> = {
  's.whatsapp.net': 'user',
  bot: 'user',
  lid: 'lid',
  'g.us': 'group',
  newsletter: 'newsletter',
  broadcast: 'broadcast',
};

/** What an index can hold; WhatsApp's own are far shorter. */
const USER = /^[\w.-]{1,64}$/;

/**
 * The parts of `<user>[_<agent>][:<device>]@<server>`, as they are written; null without an `@`. Agent and device are
 * left out: the gateway stores and shows users.
 */
export function splitJid(text: string): { user: string; server: string } | null {
  const at = text.indexOf('@');
  if (at < 0) return null;
  const user = text.slice(0, at).split(/[_:]/, 1)[0] ?? '';
  return { user, server: text.slice(at + 1) };
}

/** Reads an address as WhatsApp sends it; null when it names no user and no room. */
export function parseJid(text: string | null | undefined): Jid | null {
  const decoded = text ? splitJid(text) : null;
  if (!decoded || !USER.test(decoded.user)) return null;
  const server = SERVER_ALIASES[decoded.server] ?? decoded.server;
  const jid = `${decoded.user}@${server}`;
  const kind = jid === STATUS ? 'status' : KINDS[server];
  return kind ? { kind, jid } : null;
}

/** The stored form of an address, null when it is none. */
export function normalJid(text: string | null | undefined): string | null {
  return parseJid(text)?.jid ?? null;
}

/** What stands before the server: digits of a phone number or LID, or the id of a group or channel. */
export function userOf(jid: string): string {
  return jid.slice(0, jid.indexOf('@'));
}

/** The two addresses of one person; at least one is known. */
export interface Person {
  /** `<digits>@s.whatsapp.net` */
  jid: string | null;
  /** `<digits>@lid` */
  lid: string | null;
}

/** Sorts a person's addresses, given in any order and form; null when none of them is a person's. */
export function personOf(...addresses: (string | null | undefined)[]): Person | null {
  const person: Person = { jid: null, lid: null };
  for (const parsed of addresses.map(parseJid)) {
    if (parsed?.kind === 'user') person.jid ??= parsed.jid;
    if (parsed?.kind === 'lid') person.lid ??= parsed.jid;
  }
  return person.jid || person.lid ? person : null;
}

/** The one address under which a person is asked for and written to: the phone's, if it is known. */
export function addressOf({ jid, lid }: Person): string {
  return jid ?? lid ?? '';
}
