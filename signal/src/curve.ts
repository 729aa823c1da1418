import * as bridge from 'whatsapp-rust-bridge';
import { bridgeKeyPair, type KeyPair, sodiumKeyPairs } from './key-pair.ts';

/** A device that links makes 812 of these, half of what linking costs: so they come from what is fastest here. */
export const generateKeyPair: () => KeyPair = (await sodiumKeyPairs()) ?? bridgeKeyPair;

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
