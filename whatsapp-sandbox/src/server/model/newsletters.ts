import { randomBytes, randomInt } from 'node:crypto';
import type { Account, Device } from './account.ts';

export const MAX_NAME = 100;
export const MAX_DESCRIPTION = 2048;
/** Posts that are kept for those who look back. */
const MAX_POSTS = 1000;

/** Accounts that run a channel; every other account follows it or reads it as a guest. */
export type Staff = 'OWNER' | 'ADMIN';
export type Role = Staff | 'SUBSCRIBER' | 'GUEST';

/** A suspended channel is visible, but takes no posts and no new followers. */
export type NewsletterState = 'ACTIVE' | 'SUSPENDED' | 'GEOSUSPENDED' | 'DELETED';

export interface Post {
  readonly id: string;
  /** Counts within a channel from 1; clients name posts by it. */
  readonly serverId: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: Account;
  readonly type: string;
  readonly mediaType: string | undefined;
  /** `proto.Message`; channels are not encrypted. Empty once it was taken back. */
  plaintext: Uint8Array;
  readonly reactions: Map<Account, string>;
  readonly viewers: Set<Account>;
}

/** A channel as the server knows it. */
export interface Newsletter {
  readonly jid: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The code of the invite link; another one takes its place when it is revoked. */
  invite: string;
  name: string;
  description: string;
  picture: { id: string; bytes: Uint8Array } | undefined;
  state: NewsletterState;
  /** An account that asks to follow it waits until its owner approves. */
  readonly isPrivate: boolean;
  readonly staff: Map<Account, Staff>;
  readonly followers: Map<Account, { muted: boolean }>;
  readonly applicants: Set<Account>;
  readonly posts: Post[];
  lastServerId: number;
  /** Devices that want to see reactions and views as they come, and until when (milliseconds since the epoch). */
  readonly watchers: Map<Device, number>;
}

/** Every channel by JID. */
export class Newsletters {
  readonly #byJid = new Map<string, Newsletter>();

  all(): Iterable<Newsletter> {
    return this.#byJid.values();
  }

  get(jid: string | undefined): Newsletter | undefined {
    return this.#byJid.get(jid ?? '');
  }

  byInvite(code: string): Newsletter | undefined {
    return [...this.#byJid.values()].find((newsletter) => newsletter.invite === code);
  }

  followedBy(account: Account): Newsletter[] {
    return [...this.#byJid.values()].filter((newsletter) => newsletter.followers.has(account));
  }

  add(newsletter: Newsletter): void {
    this.#byJid.set(newsletter.jid, newsletter);
  }

  /** A JID that no channel has. */
  freeJid(): string {
    let jid: string;
    do jid = `120363${String(randomInt(10 ** 12)).padStart(12, '0')}@newsletter`;
    while (this.#byJid.has(jid));
    return jid;
  }
}

/** The code of an invite link as WhatsApp makes them. */
export function makeInvite(): string {
  return `0029Va${randomBytes(12).toString('base64url')}`;
}

export function roleOf(newsletter: Newsletter, account: Account): Role {
  return newsletter.staff.get(account) ?? (newsletter.followers.has(account) ? 'SUBSCRIBER' : 'GUEST');
}

export function isStaff(newsletter: Newsletter, account: Account): boolean {
  return newsletter.staff.has(account);
}

/** Keeps a post under the channel's next number. */
export function addPost(newsletter: Newsletter, post: Omit<Post, 'serverId'>): Post {
  newsletter.lastServerId += 1;
  const kept = { ...post, serverId: newsletter.lastServerId };
  newsletter.posts.push(kept);
  if (newsletter.posts.length > MAX_POSTS) newsletter.posts.shift();
  return kept;
}
