import { createHash } from 'node:crypto';
import type { SignalDataSet, SignalKeyStoreWithTransaction } from 'baileys';

/** Key under which the plaintext of a ciphertext is remembered. */
export function onceId(ciphertext: Uint8Array): string {
  return createHash('sha256').update(ciphertext).digest('base64url');
}

/** Our own kind of key, beside those that Baileys names. */
interface Remembered {
  decrypted: Record<string, Uint8Array>;
}

/** What goes into the batch of the ratchet step, so that both are durable or neither. */
export function remembered(ciphertext: Uint8Array, plaintext: Uint8Array): SignalDataSet {
  const change: Remembered = { decrypted: { [onceId(ciphertext)]: plaintext } };
  return change as SignalDataSet;
}

/**
 * Makes decryption repeatable: a ratchet opens a message once, so a stanza that comes again (from our journal after a
 * crash, or from the server) gives the remembered plaintext where it would give an error. The
 * caller that has turned the message into something durable removes it.
 */
export async function decryptedOnce(
  keys: SignalKeyStoreWithTransaction,
  ciphertext: Uint8Array,
  decrypt: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await decrypt();
  } catch (error) {
    const id = onceId(ciphertext);
    const { [id]: plaintext } = await keys.get('decrypted' as 'session', [id]);
    if (plaintext) return plaintext;
    throw error;
  }
}
