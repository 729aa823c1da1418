import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

const CHUNK = 32;

/** AES-256-CBC with PKCS#7 padding. */
export function encrypt(key: Uint8Array, data: Uint8Array, iv: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/** AES-256-CBC. Throws when the padding is wrong. */
export function decrypt(key: Uint8Array, data: Uint8Array, iv: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}

/** HMAC-SHA-256, 32 bytes. */
export function calculateMAC(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** HKDF-SHA-256 cut into `chunks` keys of 32 bytes. */
export function deriveSecrets(input: Uint8Array, salt: Uint8Array, info: Uint8Array, chunks = 3): Buffer[] {
  const derived = Buffer.from(hkdfSync('sha256', input, salt, info, chunks * CHUNK));
  return Array.from({ length: chunks }, (_, i) => derived.subarray(i * CHUNK, (i + 1) * CHUNK));
}
