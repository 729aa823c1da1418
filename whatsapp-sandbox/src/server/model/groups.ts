import { randomBytes, randomInt } from 'node:crypto';
import type { Addressing } from '../../wire/jid.ts';
import type { Account, Device } from './account.ts';

/** WhatsApp lets at most this many people into a group. */
export const MAX_PARTICIPANTS = 1024;
export const MAX_SUBJECT = 100;

/** The creator is a `superadmin` and cannot be demoted. */
export type Role = 'member' | 'admin' | 'superadmin';

/** A community is a parent group; its Announcements group comes with it. */
export type GroupKind = 'group' | 'community' | 'announcements';

/** What a group's admins decide. */
export interface GroupRules {
  /** Only admins write. */
  announce: boolean;
  /** Only admins change subject, description and picture. */
  locked: boolean;
  /** Every member may add others. */
  memberAdd: boolean;
  /** Admins let people in. */
  approval: boolean;
}

export interface MembershipRequest {
  at: number;
  method: 'invite_link' | 'linked_group_join';
}

/** A group as the server knows it. */
export interface Group {
  readonly jid: string;
  readonly kind: GroupKind;
  /** By what its members are addressed. */
  readonly addressing: Addressing;
  readonly creator: Account;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  subject: string;
  subjectBy: Account;
  subjectAt: number;
  description: { id: string; text: string; by: Account; at: number } | undefined;
  readonly participants: Map<Account, Role>;
  readonly rules: GroupRules;
  /** Seconds after which messages disappear; 0 = never. */
  ephemeral: number;
  picture: Picture | undefined;
  inviteCode: string;
  readonly revokedCodes: Set<string>;
  readonly requests: Map<Account, MembershipRequest>;
  /** Left by themselves: an admin cannot bring them back for a while. */
  readonly left: Set<Account>;
  /** Thrown out of a community: its link does not let them in again. */
  readonly barred: Set<Account>;
  /** The community it is linked to. */
  parent: Group | undefined;
  /** Members do not see each other's numbers. */
  readonly incognito: boolean;
  /** By WhatsApp, for what was said in it. */
  suspended: boolean;
}

export interface Picture {
  id: string;
  jpeg: Uint8Array;
}

/** What may be chosen when a group is made. */
export interface GroupOptions extends Partial<GroupRules> {
  jid?: string | undefined;
  kind?: GroupKind;
  addressing?: Addressing | undefined;
  inviteCode?: string | undefined;
  incognito?: boolean | undefined;
  parent?: Group | undefined;
}

/** A new group with its creator alone. */
export function makeGroup(
  { jid, creator, subject, now }: { jid: string; creator: Account; subject: string; now: number },
  options: GroupOptions = {},
): Group {
  const { announce = false, locked = false, memberAdd = false, approval = false } = options;
  return {
    jid,
    kind: options.kind ?? 'group',
    addressing: options.addressing ?? 'lid',
    creator,
    createdAt: now,
    subject,
    subjectBy: creator,
    subjectAt: now,
    description: undefined,
    participants: new Map([[creator, 'superadmin']]),
    rules: { announce, locked, memberAdd, approval },
    ephemeral: 0,
    picture: undefined,
    inviteCode: options.inviteCode ?? makeInviteCode(),
    revokedCodes: new Set(),
    requests: new Map(),
    left: new Set(),
    barred: new Set(),
    parent: options.parent,
    incognito: options.incognito ?? false,
    suspended: false,
  };
}

/** 22 characters, as WhatsApp makes them. */
export function makeInviteCode(): string {
  return randomBytes(16).toString('base64url');
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

  /** Linked to a community, its Announcements group first. */
  under(community: Group): Group[] {
    const linked = [...this.#byJid.values()].filter(({ parent }) => parent === community);
    return linked.sort((a, b) => Number(b.kind === 'announcements') - Number(a.kind === 'announcements'));
  }

  /** By an invite code, good or revoked. */
  invited(code: string): Group | undefined {
    for (const group of this.#byJid.values()) {
      if (group.inviteCode === code || group.revokedCodes.has(code)) return group;
    }
    return undefined;
  }

  remove(group: Group): void {
    this.#byJid.delete(group.jid);
  }

  add(group: Group): void {
    this.#byJid.set(group.jid, group);
  }

  /** A JID that no group has: 18 digits, as WhatsApp makes them. */
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
