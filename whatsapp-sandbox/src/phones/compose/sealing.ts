import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

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

const TAG_BYTES = 16;

/** Votes and answers also authenticate whose they are. */
const NAMES_ITS_SENDER: SealUse[] = ['Poll Vote', 'Event Response'];

/** Seals content about an earlier message with that message's secret, as clients do. */
export function seal(use: SealUse, names: SealKey, plain: Uint8Array) {
  const encIv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(use, names), encIv).setAAD(associated(use, names));
  const encPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { encPayload, encIv };
}

/** Opens what `seal` has sealed; undefined when it was sealed with other names or another secret. */
export function unseal(
  use: SealUse,
  names: SealKey,
  { encPayload, encIv }: { encPayload: Uint8Array; encIv: Uint8Array },
): Uint8Array | undefined {
  const key = keyFor(use, names);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, encIv).setAAD(associated(use, names));
    decipher.setAuthTag(encPayload.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(encPayload.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // other names: the caller tries the next ones
  }
}

function keyFor(use: SealUse, { secret, target, creator, sender }: SealKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(32), target + creator + sender + use, 32));
}

function associated(use: SealUse, { target, sender }: SealKey): Buffer {
  return Buffer.from(NAMES_ITS_SENDER.includes(use) ? `${target}\0${sender}` : '');
}
