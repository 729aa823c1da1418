/** Who is who, as the encryption layer must know it to address a message. */
export interface IdentityOperations {
  /** Notes which phone JID and LID are one person's. Throws `SendFailed`. */
  learn(pairs: { jid: string; lid: string }[]): Promise<void>;
}
