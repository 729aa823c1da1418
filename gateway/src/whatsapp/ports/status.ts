/** For whom the account publishes its status, as its phone is set: JIDs are as WhatsApp writes them. */
export type StatusAudience =
  | { kind: 'contacts' }
  | { kind: 'contacts_except'; people: string[] }
  | { kind: 'only'; people: string[] };

/** What can be asked of WhatsApp about status. Everything throws `SendFailed`. */
export interface StatusOperations {
  audience(): Promise<StatusAudience>;
}
