import { createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { proto } from 'baileys';
import { agree, type KeyPair, sameBytes } from '../wire/keys.ts';

const BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTVWXYZ';

/** A step of the phone's side that went wrong; the phone then does nothing more. */
export class PasskeyError extends Error {}

/** What a companion promised in its prologue. */
export interface CompanionPromise {
  publicKey: Uint8Array;
  deviceType: number;
  ref: string;
  commitment: Uint8Array;
  /** The message that the commitment is over. */
  identity: Uint8Array;
  /** The companion proved that it showed the code that was scanned, so that no codes have to be compared. */
  known: boolean;
}

/** The phone's half of the exchange, fresh for each ceremony. */
export interface PrimaryHalf {
  ephemeral: KeyPair;
  nonce: Uint8Array;
}

/**
 * Opens `prologue_payload`.
 * @param advSecret the secret of the code that was scanned or typed
 * @throws {PasskeyError} for a wrong proof and for a payload of another form
 */
export function openPrologue(
  payload: Uint8Array,
  proof: Uint8Array | undefined,
  advSecret: Uint8Array,
): CompanionPromise {
  if (proof && !isProof(proof, payload, advSecret)) throw new PasskeyError('the handoff proof is wrong');
  const { companionEphemeralIdentity: identity, commitment } = decoded(() =>
    proto.ProloguePayload.decode(payload),
  );
  const hash = commitment?.hash;
  if (!identity || hash?.length !== BYTES) throw new PasskeyError('the prologue has another form');
  const { publicKey, deviceType, ref } = decoded(() => proto.CompanionEphemeralIdentity.decode(identity));
  if (publicKey?.length !== BYTES || !ref || typeof deviceType !== 'number') {
    throw new PasskeyError("the companion's identity has another form");
  }
  return { publicKey, deviceType, ref, commitment: hash, identity, known: proof !== undefined };
}

/** `primary_ephemeral_identity`. */
export function primaryIdentity({ ephemeral, nonce }: PrimaryHalf): Uint8Array {
  return proto.PrimaryEphemeralIdentity.encode({ publicKey: ephemeral.public, nonce }).finish();
}

/**
 * The code to compare, `XXXX-XXXX`, once the companion shows its nonce.
 * @throws {PasskeyError} when it is not the nonce that the companion is bound to
 */
export function codeOf(promise: CompanionPromise, companionNonce: Uint8Array, primary: PrimaryHalf): string {
  const hash = createHash('sha256').update(promise.identity).update(companionNonce).digest();
  if (companionNonce.length !== BYTES || !sameBytes(hash, promise.commitment)) {
    throw new PasskeyError('the nonce is not the promised one');
  }
  const mask = createHash('sha256').update(companionNonce).update(primary.ephemeral.public).digest();
  let bits = '';
  for (let i = 0; i < 5; i += 1) {
    bits += ((primary.nonce[i] ?? 0) ^ (mask[i] ?? 0)).toString(2).padStart(8, '0');
  }
  const code = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/**
 * Opens `encrypted_pairing_request` and returns the companion's new ADV secret.
 * @throws {PasskeyError} when it does not open, names the keys of another device, or repeats the old secret
 */
export function openPairingRequest(
  bytes: Uint8Array,
  promise: CompanionPromise,
  primary: PrimaryHalf,
  candidate: { noiseKey: Uint8Array; identity: Uint8Array; advSecret: Uint8Array },
): Uint8Array {
  const { encryptedPayload, iv } = decoded(() => proto.EncryptedPairingRequest.decode(bytes));
  if (iv?.length !== IV_BYTES || !encryptedPayload || encryptedPayload.length <= TAG_BYTES) {
    throw new PasskeyError('the pairing request has another form');
  }
  const plain = open(requestKey(promise, primary), iv, encryptedPayload);
  const { companionPublicKey, companionIdentityKey, advSecret } = decoded(() =>
    proto.PairingRequest.decode(plain),
  );
  if (!companionPublicKey || !sameBytes(companionPublicKey, candidate.noiseKey)) {
    throw new PasskeyError('the pairing request names another noise key');
  }
  if (!companionIdentityKey || !sameBytes(companionIdentityKey, candidate.identity)) {
    throw new PasskeyError('the pairing request names another identity key');
  }
  if (advSecret?.length !== BYTES) throw new PasskeyError('the new ADV secret has another length');
  if (sameBytes(advSecret, candidate.advSecret)) throw new PasskeyError('the ADV secret is the old one');
  return advSecret;
}

/** The key of the pairing request, 32 bytes. */
export function requestKey(
  { publicKey, deviceType, ref }: CompanionPromise,
  { ephemeral }: PrimaryHalf,
): Buffer {
  const salt = `Companion Pairing ${deviceType} with ref ${ref}`;
  const shared = agree(ephemeral.private, publicKey);
  // A point of small order: everybody would know this secret.
  if (shared.every((byte) => byte === 0)) throw new PasskeyError("the companion's key is no good");
  return Buffer.from(hkdfSync('sha256', shared, salt, 'Pairing Information Encryption Key', BYTES));
}

function isProof(proof: Uint8Array, payload: Uint8Array, advSecret: Uint8Array): boolean {
  const key = new Uint8Array(hkdfSync('sha256', advSecret, '', 'shortcake-passkey-handoff-v1', BYTES));
  const right = createHmac('sha256', key).update(payload).digest();
  return proof.length === right.length && timingSafeEqual(proof, right);
}

function open(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return decoded(() => Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]));
}

function decoded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new PasskeyError('the bytes cannot be read', { cause: error });
  }
}
