import type { GroupMetadata } from '../group.ts';

/**
 * What can be asked of WhatsApp about groups and communities. JIDs are those of the wire. Everything throws
 * `SendFailed`; a refusal carries WhatsApp's code and text. Metadata that an answer brings are stored before it resolves.
 */
export interface GroupOperations {
  /** Refused with 403 or 404 when the account is not a member. */
  metadata(jid: string): Promise<GroupMetadata>;
  /** Every group that the account is in. WhatsApp throttles this. */
  all(): Promise<GroupMetadata[]>;
}
