import { proto } from 'baileys';
import { commitment, IV_BYTES, KEY_BYTES, NONCE_BYTES, seal } from './crypto.ts';

/** The phone's half of the exchange. */
export interface PrimaryIdentity {
  publicKey: Buffer;
  nonce: Buffer;
}

/** What a device promises before the phone answers: its ephemeral key, and the hash of a nonce that it shows later. */
export function prologuePayload(companion: {
  publicKey: Uint8Array;
  nonce: Uint8Array;
  deviceType: number;
  ref: string;
}): Buffer {
  const { publicKey, nonce, deviceType, ref } = companion;
  const identity = proto.CompanionEphemeralIdentity.encode({ publicKey, deviceType, ref }).finish();
  const payload = { companionEphemeralIdentity: identity, commitment: { hash: commitment(identity, nonce) } };
  return Buffer.from(proto.ProloguePayload.encode(payload).finish());
}

/** Null when the bytes are no such message, or a part of it has another length. */
export function readPrimaryIdentity(bytes: Uint8Array): PrimaryIdentity | null {
  try {
    const { publicKey, nonce } = proto.PrimaryEphemeralIdentity.decode(bytes);
    if (publicKey?.length !== KEY_BYTES || nonce?.length !== NONCE_BYTES) return null;
    return { publicKey: Buffer.from(publicKey), nonce: Buffer.from(nonce) };
  } catch {
    // Bytes that are no protobuf message are no identity either.
    return null;
  }
}

/** The device's keys and its new ADV secret, for the phone alone. */
export function encryptedPairingRequest(
  request: { noiseKey: Uint8Array; identityKey: Uint8Array; advSecret: Uint8Array },
  key: Uint8Array,
  iv: Uint8Array,
): Buffer {
  if (iv.length !== IV_BYTES) throw new Error('passkey: wrong length of an initialisation vector');
  const plain = proto.PairingRequest.encode({
    companionPublicKey: request.noiseKey,
    companionIdentityKey: request.identityKey,
    advSecret: request.advSecret,
  }).finish();
  const encryptedPayload = seal(key, iv, plain);
  plain.fill(0);
  return Buffer.from(proto.EncryptedPairingRequest.encode({ encryptedPayload, iv }).finish());
}
