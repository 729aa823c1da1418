import type { Newsletter } from '../newsletter.ts';

/** What can be asked of WhatsApp about channels. Everything throws `SendFailed`; a refusal carries code and text. */
export interface NewsletterOperations {
  /** Makes a channel that the account owns. Refused until the account accepted the terms for it. */
  create(name: string, description: string): Promise<Newsletter>;
  acceptTerms(): Promise<void>;
  /** Any channel, also one that is not followed; null when there is none. */
  find(key: { jid: string } | { invite: string }): Promise<Newsletter | null>;
  /** Those that the account follows. */
  followed(): Promise<Newsletter[]>;
  follow(jid: string): Promise<void>;
  unfollow(jid: string): Promise<void>;
  /** @param jpeg a square picture */
  setPicture(jid: string, jpeg: Uint8Array): Promise<void>;
}
