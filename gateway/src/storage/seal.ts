import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomFillSync } from 'node:crypto';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const NONCES_PER_DRAW = 256;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** The value was sealed with another key, for another owner, or was changed. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}

/**
 * Encryption at rest: AES-256-GCM, laid out as version, key id, nonce, tag, ciphertext.
 *
 * `context` says what the value is and whose (`instance:<id>:token`). It is authenticated, so a row copied to
 * another tenant or column does not open there.
 */
export interface Seal {
  seal(plaintext: string | Uint8Array, context: string): Uint8Array;
  /** Throws `SealBroken`. */
  open(sealed: Uint8Array, context: string): Buffer;
}

/** `key` is 32 bytes. */
export function createSeal(key: Uint8Array): Seal {
  if (key.length !== 32) throw new Error('the encryption key must have 32 bytes');
  const keyId = createHash('sha256').update('key id').update(key).digest().subarray(0, KEY_ID_BYTES);
  // Given the bytes, Node would import them anew at every call, which costs more than the encryption itself.
  const secret = createSecretKey(key);
  const nextNonce = nonces();
  return {
    seal(plaintext, context) {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      cipher.setAAD(Buffer.from(context));
      const body =
        typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
      const last = cipher.final();
      return Buffer.concat([Buffer.of(VERSION), keyId, nonce, cipher.getAuthTag(), body, last]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) throw new SealBroken('not a sealed value');
      if (!bytes.subarray(1, 1 + KEY_ID_BYTES).equals(keyId)) throw new SealBroken('sealed with another key');
      const nonceEnd = 1 + KEY_ID_BYTES + NONCE_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(1 + KEY_ID_BYTES, nonceEnd));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(nonceEnd, HEADER_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]);
      } catch (error) {
        throw new SealBroken(`does not open as ${context}`, { cause: error });
      }
    },
  };
}

/** Random nonces, drawn from the system many at a time: each draw is a system call. */
function nonces(): () => Buffer {
  const drawn = Buffer.alloc(NONCE_BYTES * NONCES_PER_DRAW);
  let next = drawn.length;
  return () => {
    if (next === drawn.length) {
      randomFillSync(drawn);
      next = 0;
    }
    next += NONCE_BYTES;
    return drawn.subarray(next - NONCE_BYTES, next);
  };
}
