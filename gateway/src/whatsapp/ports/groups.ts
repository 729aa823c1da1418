import type { GroupMetadata, GroupRules } from '../group.ts';
import type { Person } from '../jid.ts';

/** What WhatsApp did for one of the people of a request; `code` is null when it did it. */
export interface ParticipantAnswer {
  person: Person;
  code: number | null;
}

export type ParticipantAction = 'add' | 'remove' | 'promote' | 'demote';

export interface MembershipRequest {
  person: Person;
  /** Unix milliseconds. */
  at: number | null;
}

/**
 * What can be asked of WhatsApp about groups and communities. JIDs are those of the wire. Everything throws
 * `SendFailed`; a refusal carries WhatsApp's code and text. Metadata that an answer brings are stored before it resolves.
 */
export interface GroupOperations {
  /** Refused with 403 or 404 when the account is not a member. */
  metadata(jid: string): Promise<GroupMetadata>;
  /** Every group that the account is in. WhatsApp throttles this. */
  all(): Promise<GroupMetadata[]>;
  /** What an invite code shows to a stranger. Refused with 406 (no such code) and 410 (revoked). */
  preview(code: string): Promise<GroupMetadata>;

  /** `refused`: those who could not be added. */
  create(group: {
    subject: string;
    participants: string[];
    community: string | null;
  }): Promise<{ group: GroupMetadata; refused: ParticipantAnswer[] }>;
  createCommunity(community: {
    subject: string;
    description: string;
    /** Joining a subgroup needs approval. */
    approval: boolean;
  }): Promise<GroupMetadata>;

  setSubject(jid: string, subject: string): Promise<void>;
  /** '' takes it away. `previous`: id of the one that it replaces. */
  setDescription(jid: string, text: string, previous: string | null): Promise<void>;
  /** null takes it away. */
  setPicture(jid: string, jpeg: Uint8Array | null): Promise<void>;
  setRule(
    group: Pick<GroupMetadata, 'jid' | 'isCommunity'>,
    rule: keyof GroupRules,
    on: boolean,
  ): Promise<void>;
  /** A temporary URL; null when there is none or it is hidden. */
  picture(jid: string): Promise<string | null>;

  /** `everywhere`: also from the groups of a community. */
  changeParticipants(
    jid: string,
    action: ParticipantAction,
    people: string[],
    everywhere: boolean,
  ): Promise<ParticipantAnswer[]>;
  requests(jid: string): Promise<MembershipRequest[]>;
  decide(jid: string, decision: 'approve' | 'reject', people: string[]): Promise<ParticipantAnswer[]>;

  inviteCode(jid: string): Promise<string | null>;
  /** The new code. */
  resetInvite(jid: string): Promise<string>;
  /** `requested`: an admin has to approve. */
  join(code: string): Promise<'joined' | 'requested'>;
  leave(group: Pick<GroupMetadata, 'jid' | 'isCommunity'>): Promise<void>;

  /** WhatsApp's code when it refuses this one group, else null. */
  link(community: string, group: string): Promise<number | null>;
  unlink(community: string, group: string): Promise<number | null>;
}
