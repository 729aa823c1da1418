import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { FileReference } from './file-reference.ts';
import { MAC_BYTES, mediaKeys } from './keys.ts';

/** The bytes are not those that the message speaks of. */
export class FileDamaged extends Error {
  override name = 'FileDamaged';
}

type Bytes = AsyncIterable<Uint8Array>;

/**
 * The clear file, as it comes. Hashes and HMAC can be checked at the end only, where it throws `FileDamaged`: keep
 * nothing of it before it has ended. Holds a few bytes at a time, however large the file is.
 */
export async function* clearFile(source: Bytes, reference: FileReference): AsyncGenerator<Uint8Array> {
  const clear = reference.mediaKey ? decrypted(source, reference, reference.mediaKey) : source;
  const hash = createHash('sha256');
  for await (const chunk of clear) {
    hash.update(chunk);
    yield chunk;
  }
  check(reference.sha256, hash.digest(), 'the hash of the file');
}

async function* decrypted(
  source: Bytes,
  { purpose, encryptedSha256 }: FileReference,
  mediaKey: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, purpose);
  const hash = createHash('sha256');
  const mac = createHmac('sha256', macKey).update(iv);
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  let tail: Uint8Array = Buffer.alloc(0);
  for await (const chunk of source) {
    hash.update(chunk);
    const bytes = Buffer.concat([tail, chunk]);
    const end = Math.max(0, bytes.length - MAC_BYTES);
    const sealed = bytes.subarray(0, end);
    tail = bytes.subarray(end);
    mac.update(sealed);
    yield decipher.update(sealed);
  }
  check(encryptedSha256, hash.digest(), 'the hash of the encrypted file');
  check(tail, mac.digest().subarray(0, MAC_BYTES), 'the HMAC');
  try {
    yield decipher.final();
  } catch (error) {
    throw new FileDamaged('the padding is wrong', { cause: error });
  }
}

/** null: the sender gave nothing to check against. */
function check(expected: Uint8Array | null, found: Uint8Array, what: string): void {
  if (expected && !Buffer.from(expected).equals(found)) throw new FileDamaged(`${what} is wrong`);
}
