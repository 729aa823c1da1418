import type { Person } from './jid.ts';

/** Whether members are named by phone number or by LID on the wire. */
export type AddressingMode = 'lid' | 'pn';

/** The creator is `superadmin`, and so are those whom a `superadmin` made equal. */
export type GroupRole = 'member' | 'admin' | 'superadmin';

export interface Participant extends Person {
  role: GroupRole;
}

export interface GroupDescription {
  /** Names this version; a change has to say which one it replaces. */
  id: string;
  text: string;
  by: Person | null;
  /** Unix milliseconds. */
  at: number | null;
}

/** Who may do what, in WhatsApp's own sense of true. */
export interface GroupRules {
  /** Only admins write. */
  announce: boolean;
  /** Only admins edit subject, description and picture. */
  locked: boolean;
  /** Every member may add others. */
  memberAdd: boolean;
  /** An admin has to let people in. */
  approval: boolean;
}

/** A group as a member of it sees it; in a preview by invite code `participants` may be fewer than `size`. */
export interface GroupMetadata extends GroupRules {
  jid: string;
  addressing: AddressingMode;
  subject: string;
  subjectBy: Person | null;
  /** Unix milliseconds. */
  subjectAt: number | null;
  description: GroupDescription | null;
  createdBy: Person | null;
  createdAt: number | null;
  participants: Participant[];
  size: number;
  /** Seconds after which messages disappear; 0 = never. */
  ephemeral: number;
  /** The parent of a community. */
  isCommunity: boolean;
  /** A community's Announcements group. */
  isDefaultSubGroup: boolean;
  /** The community that it is linked to. */
  parent: string | null;
  /** Members do not see each other's numbers. */
  incognito: boolean;
  /** Suspended by WhatsApp. */
  suspended: boolean;
}

/** One change of a group; `type` is that of the `group.flow` event. */
export type GroupChange =
  | { type: 'create'; group: GroupMetadata }
  | { type: 'joined'; people: Participant[]; group?: GroupMetadata }
  | { type: 'left' | 'promoted' | 'demoted' | 'changed_number'; people: Participant[] }
  | { type: 'delete' }
  | { type: 'name'; subject: string }
  | { type: 'topic'; description: GroupDescription | null }
  | { type: 'picture'; value: 'changed' | 'removed' }
  | { type: 'announce' | 'locked' | 'member_add_mode' | 'membership_approval' | 'suspended'; on: boolean }
  | { type: 'ephemeral'; seconds: number }
  | { type: 'membership_request'; value: 'created' | 'revoked' | 'rejected'; people: Participant[] }
  | { type: 'invite_link'; code: string }
  /** `group` is the subgroup, which the account need not be in. */
  | { type: 'link' | 'unlink'; group: string; subject: string; community: string };

/** One notification to the members of a group. */
export interface GroupNotice {
  /** Of the stanza: the server repeats it until it is acknowledged. */
  id: string;
  group: string;
  /** Unix milliseconds. */
  at: number;
  actor: Person | null;
  /** The actor's push name. */
  actorName: string | null;
  changes: GroupChange[];
}

/** The JID by which a group names a member on the wire. */
export function memberJid({ jid, lid }: Person, addressing: AddressingMode): string | null {
  return addressing === 'lid' ? (lid ?? jid) : (jid ?? lid);
}
