import { createHmac } from 'node:crypto';
import { proto } from 'baileys';
import { type KeyPair, sameBytes, sign, verify } from './keys.ts';

const ACCOUNT_SIGNATURE = Buffer.from([6, 0]);
const DEVICE_SIGNATURE = Buffer.from([6, 1]);
const KEY_INDEX_SIGNATURE = Buffer.from([6, 2]);

/** What a phone signs to vouch for a companion. */
export interface AdvClaim {
  rawId: number;
  timestamp: number;
  keyIndex: number;
}

/** The phone's signature over a companion's identity key; the companion's own signature is still missing. */
export function signCompanion(phone: KeyPair, companionIdentity: Uint8Array, claim: AdvClaim) {
  const details = proto.ADVDeviceIdentity.encode({
    ...claim,
    accountType: proto.ADVEncryptionType.E2EE,
    deviceType: proto.ADVEncryptionType.E2EE,
  }).finish();
  const signed = Buffer.concat([ACCOUNT_SIGNATURE, details, companionIdentity]);
  return proto.ADVSignedDeviceIdentity.create({
    details,
    accountSignatureKey: phone.public,
    accountSignature: sign(phone.private, signed),
  });
}

/** Wraps the signed identity under the secret that the companion showed in its code. */
export function sealForCompanion(
  identity: proto.IADVSignedDeviceIdentity,
  advSecret: Uint8Array,
): Uint8Array {
  const details = proto.ADVSignedDeviceIdentity.encode(identity).finish();
  const hmac = createHmac('sha256', advSecret).update(details).digest();
  return proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac }).finish();
}

/**
 * Checks both signatures of a companion's identity: the phone's over the companion's key and the
 * companion's over the phone's key.
 */
export function verifyCompanion(
  identity: proto.IADVSignedDeviceIdentity,
  companionIdentity: Uint8Array,
  accountKey: Uint8Array,
): boolean {
  const { details, accountSignature, deviceSignature, accountSignatureKey } = identity;
  if (!details || !accountSignature || !deviceSignature) return false;
  if (accountSignatureKey?.length && !sameBytes(accountSignatureKey, accountKey)) return false;
  const account = Buffer.concat([ACCOUNT_SIGNATURE, details, companionIdentity]);
  const device = Buffer.concat([DEVICE_SIGNATURE, details, companionIdentity, accountKey]);
  return verify(accountKey, account, accountSignature) && verify(companionIdentity, device, deviceSignature);
}

/** The phone's signed list of valid companion key indexes, sent with its device list. */
export function signKeyIndexes(
  phone: KeyPair,
  list: { rawId: number; timestamp: number; currentIndex: number; validIndexes: number[] },
): Uint8Array {
  const details = proto.ADVKeyIndexList.encode({
    ...list,
    accountType: proto.ADVEncryptionType.E2EE,
  }).finish();
  const accountSignature = sign(phone.private, Buffer.concat([KEY_INDEX_SIGNATURE, details]));
  return proto.ADVSignedKeyIndexList.encode({ details, accountSignature }).finish();
}
