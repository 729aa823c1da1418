/** Shows WhatsApp that a contact has let the account write to it. */
export interface TrustToken {
  /** The contact, by phone JID or LID. */
  jid: string;
  token: Uint8Array;
  /** When it was given and when ours was last sent; Unix seconds, null = never. */
  at: number;
  sentAt: number | null;
}

/** Who is who, as the encryption layer must know it to address a message, and what its sender must show. */
export interface IdentityOperations {
  /** Notes which phone JID and LID are one person's. Throws `SendFailed`. */
  learn(pairs: { jid: string; lid: string }[]): Promise<void>;
  /** Keeps tokens that are newer than what is known. Throws `SendFailed`. */
  trust(tokens: TrustToken[]): Promise<void>;
}
