import { createHash } from 'node:crypto';
import { fromBase64url } from './base64url.ts';
import { isObject, PASSKEY_ORIGIN, type PasskeyOptions, readObject } from './options.ts';

const CREDENTIAL_ID_BYTES = { min: 1, max: 1_023 };
const CLIENT_DATA_BYTES = { min: 1, max: 4_096 };
/** Hash of the relying party (32), flags (1), counter (4); extensions may follow. */
const AUTHENTICATOR_DATA_BYTES = { min: 37, max: 4_096 };
const SIGNATURE_BYTES = { min: 1, max: 4_096 };
const USER_HANDLE_BYTES = { min: 1, max: 64 };
const HASH_BYTES = 32;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/** A credential that WhatsApp would refuse without a word; `what` is for the person who sent it. */
export class InvalidCredential extends Error {
  override name = 'InvalidCredential';
  readonly what: string;

  constructor(what: string) {
    super(`Invalid credential: ${what}`);
    this.what = what;
  }
}

/** An assertion in WhatsApp's form. */
export interface PasskeyCredential {
  credentialId: Buffer;
  /** JSON with exactly the fields that WhatsApp's own client sends. */
  assertion: string;
}

/**
 * Checks all that can be checked without the public key, because WhatsApp takes one answer per ceremony and is silent
 * about a wrong one.
 * @param credential JSON of a browser's `PublicKeyCredential`; further fields are dropped
 * @throws {InvalidCredential}
 */
export function checkCredential(
  credential: unknown,
  options: Pick<PasskeyOptions, 'challenge' | 'rpId'>,
): PasskeyCredential {
  if (!isObject(credential)) throw new InvalidCredential('it is not an object');
  const { id, rawId, type, response } = credential;
  const credentialId = bytesOf('id', id, CREDENTIAL_ID_BYTES);
  if (rawId !== id) throw new InvalidCredential('rawId differs from id');
  if (type !== 'public-key') throw new InvalidCredential('type is not public-key');
  if (!isObject(response)) throw new InvalidCredential('response is not an object');
  const { clientDataJSON, authenticatorData, signature } = response;
  checkClientData(bytesOf('clientDataJSON', clientDataJSON, CLIENT_DATA_BYTES), options.challenge);
  checkAuthenticatorData(
    bytesOf('authenticatorData', authenticatorData, AUTHENTICATOR_DATA_BYTES),
    options.rpId,
  );
  bytesOf('signature', signature, SIGNATURE_BYTES);
  const userHandle = readUserHandle(response.userHandle);
  const exact = { clientDataJSON, authenticatorData, signature, userHandle };
  return { credentialId, assertion: JSON.stringify({ id, rawId, type, response: exact }) };
}

function checkClientData(bytes: Buffer, challenge: string): void {
  const data = readObject(bytes);
  if (!data) throw new InvalidCredential('clientDataJSON is not a JSON object');
  if (data.type !== 'webauthn.get') throw new InvalidCredential('clientDataJSON.type is not webauthn.get');
  if (data.challenge !== challenge) throw new InvalidCredential('challenge is not that of this ceremony');
  if (data.origin !== PASSKEY_ORIGIN) throw new InvalidCredential(`origin is not ${PASSKEY_ORIGIN}`);
}

function checkAuthenticatorData(bytes: Buffer, rpId: string): void {
  const hash = createHash('sha256').update(rpId).digest();
  if (!bytes.subarray(0, HASH_BYTES).equals(hash)) throw new InvalidCredential(`rpIdHash is not of ${rpId}`);
  const flags = bytes.readUInt8(HASH_BYTES);
  if (!(flags & USER_PRESENT)) throw new InvalidCredential('the user was not present (flag UP)');
  if (!(flags & USER_VERIFIED)) throw new InvalidCredential('the user was not verified (flag UV)');
}

/** Authenticators need not name their user; browsers and password managers write that in three ways. */
function readUserHandle(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return bytesOf('userHandle', value, USER_HANDLE_BYTES).toString('base64url');
}

function bytesOf(name: string, value: unknown, size: { min: number; max: number }): Buffer {
  const bytes = fromBase64url(value, size);
  if (bytes) return bytes;
  throw new InvalidCredential(`${name} is not unpadded base64url of ${size.min} to ${size.max} bytes`);
}
