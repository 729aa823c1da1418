import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What is sealed, in the words that WhatsApp puts into the key. */
export type SealUse = 'Poll Vote' | 'Event Response' | 'Enc Reaction' | 'Message Edit';

export interface SealKey {
  /** Secret of the message that the sealed content is about, its id and its author's JID. */
  secret: Uint8Array;
  target: string;
  creator: string;
  /** JID of who seals. */
  sender: string;
}

/** Votes and answers also authenticate whose they are. */
const NAMES_ITS_SENDER: SealUse[] = ['Poll Vote', 'Event Response'];

/** Seals content about an earlier message with that message's secret, as clients do. */
export function seal(use: SealUse, { secret, target, creator, sender }: SealKey, plain: Uint8Array) {
  const key = hkdfSync('sha256', secret, Buffer.alloc(32), target + creator + sender + use, 32);
  const encIv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), encIv);
  if (NAMES_ITS_SENDER.includes(use)) cipher.setAAD(Buffer.from(`${target}\0${sender}`));
  const encPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { encPayload, encIv };
}
