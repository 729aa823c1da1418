import { createDecipheriv, hkdfSync } from 'node:crypto';

/** What content is keyed for; WhatsApp's own words, which go into the key. */
export type SealedUse = 'Poll Vote' | 'Event Response' | 'Enc Reaction' | 'Message Edit';

/** Content that is closed with the secret of the message that it is about. */
export interface Sealed {
  use: SealedUse;
  /** Id of the message that it is about. */
  target: string;
  payload: Uint8Array | null | undefined;
  iv: Uint8Array | null | undefined;
}

/** Who may have closed it with what: people are named by phone or by LID, and nothing says by which. */
export interface SealedBy {
  /** Of the message that it is about. */
  secret: Uint8Array;
  creators: string[];
  senders: string[];
}

/** Votes and answers also authenticate whose they are. */
const NAMES_ITS_SENDER: SealedUse[] = ['Poll Vote', 'Event Response'];
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const IV_BYTES = 12;

/** What is inside; null when it was not closed with this secret by any of these. */
export function openSealed(sealed: Sealed, { secret, creators, senders }: SealedBy): Uint8Array | null {
  for (const sender of senders) {
    for (const creator of creators) {
      const opened = decrypt(sealed, secret, creator, sender);
      if (opened) return opened;
    }
  }
  return null;
}

function decrypt(
  { use, target, payload, iv }: Sealed,
  secret: Uint8Array,
  creator: string,
  sender: string,
): Uint8Array | null {
  if (!payload || payload.length < TAG_BYTES || iv?.length !== IV_BYTES) return null;
  const key = hkdfSync('sha256', secret, new Uint8Array(0), target + creator + sender + use, KEY_BYTES);
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key), iv, { authTagLength: TAG_BYTES });
  if (NAMES_ITS_SENDER.includes(use)) cipher.setAAD(Buffer.from(`${target}\0${sender}`));
  cipher.setAuthTag(payload.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([cipher.update(payload.subarray(0, -TAG_BYTES)), cipher.final()]);
  } catch {
    return null; // the tag does not fit: another key
  }
}
