import type { PreKeyBundleInput } from 'whatsapp-rust-bridge';
import { SignalError } from './errors.ts';

type Key = { keyId: number; publicKey: Uint8Array };

/** A bundle as Baileys reads it from a stanza, where every field may be missing against its type. */
export type UntrustedBundle = {
  registrationId: number;
  identityKey: Uint8Array;
  signedPreKey: Key & { signature: Uint8Array };
  preKey?: Key | undefined;
};

/**
 * Every field is checked before the bridge sees it: what it cannot convert it throws outside of its promise,
 * which ends the process instead of the call.
 */
export function checkedBundle(bundle: UntrustedBundle): PreKeyBundleInput {
  const { registrationId, identityKey, signedPreKey, preKey } = bundle;
  const sound =
    isUint(registrationId) &&
    isBytes(identityKey, 33) &&
    isKey(signedPreKey) &&
    isBytes(signedPreKey.signature, 64) &&
    (preKey === undefined || isKey(preKey));
  if (!sound) throw new SignalError('malformed', 'pre-key bundle');
  return {
    registrationId,
    identityKey,
    signedPreKey: { ...publicPart(signedPreKey), signature: signedPreKey.signature },
    preKey: preKey && publicPart(preKey),
  };
}

function publicPart({ keyId, publicKey }: Key): Key {
  return { keyId, publicKey };
}

function isKey(key: Key | undefined): boolean {
  return key !== undefined && isUint(key.keyId) && isBytes(key.publicKey, 33);
}

function isUint(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffffffff;
}

function isBytes(value: unknown, length: number): boolean {
  return value instanceof Uint8Array && value.length === length;
}
