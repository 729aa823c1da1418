import {
  calculateAgreement,
  calculateSignature,
  generateKeyPair as generateBridgePair,
  verifySignature,
} from 'whatsapp-rust-bridge';

/** First byte of a serialised Curve25519 public key in the Signal protocol. */
export const KEY_TYPE = 5;

/** A Curve25519 pair; both halves are 32 bytes, without the type byte. */
export interface KeyPair {
  public: Uint8Array;
  private: Uint8Array;
}

/** Puts the type byte in front of a 32-byte public key; a 33-byte key is returned as it is. */
export function withType(key: Uint8Array): Uint8Array {
  if (key.length === 33) return key;
  const typed = new Uint8Array(33);
  typed[0] = KEY_TYPE;
  typed.set(key, 1);
  return typed;
}

export function generateKeyPair(): KeyPair {
  const pair = generateBridgePair();
  return { public: pair.pubKey.slice(1), private: pair.privKey };
}

/** X25519 shared secret, 32 bytes. */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return calculateAgreement(withType(publicKey), privateKey);
}

/** XEdDSA signature, 64 bytes. */
export function sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  return calculateSignature(privateKey, message);
}

/** False for a wrong signature and for anything that is not a signature at all. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return verifySignature(withType(publicKey), message, signature);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
