import * as bridge from 'whatsapp-rust-bridge';

/** A Curve25519 key pair: `pubKey` has 33 bytes (type byte 5 in front), `privKey` 32. */
export type KeyPair = { pubKey: Buffer; privKey: Buffer };

export function generateKeyPair(): KeyPair {
  const { pubKey, privKey } = bridge.generateKeyPair();
  return { pubKey: Buffer.from(pubKey), privKey: Buffer.from(privKey) };
}

/** X25519 of a 33-byte public key and a 32-byte private key: 32 bytes. Throws on a malformed key. */
export function calculateAgreement(publicKey: Uint8Array, privateKey: Uint8Array): Buffer {
  return Buffer.from(bridge.calculateAgreement(publicKey, privateKey));
}

/** XEdDSA signature, 64 bytes. Throws on a malformed key. */
export function calculateSignature(privateKey: Uint8Array, message: Uint8Array): Buffer {
  return Buffer.from(bridge.calculateSignature(privateKey, message));
}

/**
 * Throws when the signature does not match, and never answers `false`: Baileys' `Curve.verify` takes every
 * answer for a success and only an exception for a failure.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): true {
  if (!bridge.verifySignature(publicKey, message, signature)) throw new Error('Invalid signature');
  return true;
}
