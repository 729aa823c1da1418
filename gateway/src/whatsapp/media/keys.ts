import { hkdfSync } from 'node:crypto';

/** What a file's keys are derived for: the word in `WhatsApp <word> Keys`. Stickers are images, voice notes audio. */
export type KeyPurpose = 'Image' | 'Video' | 'Audio' | 'Document' | 'History';

export interface MediaKeys {
  iv: Buffer;
  cipherKey: Buffer;
  macKey: Buffer;
}

/** Bytes of HMAC behind the ciphertext. */
export const MAC_BYTES = 10;

const NO_SALT = Buffer.alloc(0);

/** The keys of one file: AES-256-CBC, then HMAC-SHA-256 over IV and ciphertext, cut to `MAC_BYTES`. */
export function mediaKeys(mediaKey: Uint8Array, purpose: KeyPurpose): MediaKeys {
  const expanded = Buffer.from(hkdfSync('sha256', mediaKey, NO_SALT, `WhatsApp ${purpose} Keys`, 112));
  return {
    iv: expanded.subarray(0, 16),
    cipherKey: expanded.subarray(16, 48),
    macKey: expanded.subarray(48, 80),
  };
}
