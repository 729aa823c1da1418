import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

const MAC_BYTES = 10;

/** What keys are derived for: the word in `WhatsApp <word> Keys`. */
export type KeyPurpose =
  | 'Image'
  | 'Video'
  | 'Audio'
  | 'Document'
  | 'Link Thumbnail'
  | 'History'
  | 'App State';

/** Hash and size of a clear file, known when its stream has ended. */
export interface Digest {
  sha256: Buffer;
  size: number;
}

interface MediaKeys {
  iv: Buffer;
  cipherKey: Buffer;
  macKey: Buffer;
}

function mediaKeys(mediaKey: Uint8Array, purpose: KeyPurpose): MediaKeys {
  const expanded = Buffer.from(
    hkdfSync('sha256', mediaKey, Buffer.alloc(32), `WhatsApp ${purpose} Keys`, 112),
  );
  return {
    iv: expanded.subarray(0, 16),
    cipherKey: expanded.subarray(16, 48),
    macKey: expanded.subarray(48, 80),
  };
}

/** Encrypts a file as it flows by (AES-CBC, then ten bytes of HMAC); returns what the clear file was. */
export async function* encryptMedia(
  clear: AsyncIterable<Uint8Array>,
  mediaKey: Uint8Array,
  purpose: KeyPurpose,
): AsyncGenerator<Buffer, Digest> {
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, purpose);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of clear) {
    hash.update(chunk);
    size += chunk.length;
    const sealed = cipher.update(chunk);
    mac.update(sealed);
    yield sealed;
  }
  const last = cipher.final();
  yield last;
  yield mac.update(last).digest().subarray(0, MAC_BYTES);
  return { sha256: hash.digest(), size };
}

/** Decrypts a file as it flows by; throws at its end when the HMAC is wrong, so use nothing before. */
export async function* decryptMedia(
  sealed: AsyncIterable<Uint8Array>,
  mediaKey: Uint8Array,
  purpose: KeyPurpose,
): AsyncGenerator<Buffer> {
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, purpose);
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  let tail = Buffer.alloc(0);
  for await (const chunk of sealed) {
    const held = Buffer.concat([tail, chunk]);
    const body = held.subarray(0, Math.max(0, held.length - MAC_BYTES));
    tail = held.subarray(body.length);
    mac.update(body);
    yield decipher.update(body);
  }
  if (!mac.digest().subarray(0, MAC_BYTES).equals(tail)) throw new Error('the HMAC of the file is wrong');
  yield decipher.final();
}
