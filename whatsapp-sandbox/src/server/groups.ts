import { randomInt } from 'node:crypto';
import { type Account, accountJid, type Device } from './directory.ts';
import type { Newsletter } from './newsletters.ts';

/** WhatsApp lets at most this many people into a group. */
export const MAX_PARTICIPANTS = 1024;
export const MAX_SUBJECT = 100;

/** The creator is a `superadmin` and cannot be demoted. */
export type Role = 'member' | 'admin' | 'superadmin';

/** A group as the server knows it; its members are addressed by LID. */
export interface Group {
  readonly jid: string;
  readonly creator: Account;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  subject: string;
  subjectBy: Account;
  subjectAt: number;
  readonly participants: Map<Account, Role>;
}

/** Every group by JID. */
export class Groups {
  readonly #byJid = new Map<string, Group>();

  all(): Iterable<Group> {
    return this.#byJid.values();
  }

  get(jid: string | undefined): Group | undefined {
    return this.#byJid.get(jid ?? '');
  }

  /** The groups that an account is in. */
  of(account: Account): Group[] {
    return [...this.#byJid.values()].filter((group) => group.participants.has(account));
  }

  add(group: Group): void {
    this.#byJid.set(group.jid, group);
  }

  /** A JID that no group has: 18 digits, as WhatsApp makes them nowadays. */
  freeJid(): string {
    let jid: string;
    do jid = `120363${String(randomInt(10 ** 12)).padStart(12, '0')}@g.us`;
    while (this.#byJid.has(jid));
    return jid;
  }
}

/** Every device of every member. */
export function devicesOf(group: Group): Device[] {
  return [...group.participants.keys()].flatMap((account) => [...account.devices.values()]);
}

export function isAdmin(group: Group, account: Account): boolean {
  return (group.participants.get(account) ?? 'member') !== 'member';
}

/** A conversation that messages are written to. */
export type Chat = Account | Group | Newsletter;

export function isGroup(chat: Chat): chat is Group {
  return 'participants' in chat;
}

export function isNewsletter(chat: Chat): chat is Newsletter {
  return 'staff' in chat;
}

/** How the control API names a chat: the JID of a group or channel, or the other side's phone-number JID. */
export function chatJid(chat: Chat): string {
  return 'jid' in chat ? chat.jid : accountJid(chat, 'pn');
}
