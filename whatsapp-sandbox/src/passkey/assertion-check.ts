import { createHash, verify } from 'node:crypto';
import { sameBytes } from '../wire/keys.ts';
import { base64url, FLAGS, ORIGIN, type RegisteredPasskey, RP_ID, signedBytes } from './authenticator.ts';

const MAX_ASSERTION_BYTES = 16_384;
const MIN_AUTHENTICATOR_DATA = 37;
const KEYS = ['id', 'rawId', 'type', 'response'];
const RESPONSE_KEYS = ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'];

/** A challenge as the server issued it. */
export interface IssuedChallenge {
  bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  used: boolean;
}

/** The two fields of a prologue that answer a challenge. */
export interface SubmittedAssertion {
  credentialId: Uint8Array;
  /** UTF-8 JSON. */
  assertion: Uint8Array;
}

export type AssertionVerdict =
  | { passkey: RegisteredPasskey; signCount: number }
  /** For the sandbox's log; the client of a real server never learns it. */
  | { wrong: string };

/**
 * What a relying party checks of an assertion (WebAuthn, section 7.2), and that it has exactly the fields that
 * WhatsApp's own client sends. The caller marks the challenge as used and keeps the new counter.
 * @param now milliseconds since the epoch
 */
export function checkAssertion(
  { credentialId, assertion }: SubmittedAssertion,
  challenge: IssuedChallenge,
  passkeys: RegisteredPasskey[],
  now: number,
): AssertionVerdict {
  if (challenge.used) return { wrong: 'the challenge was used before' };
  if (now >= challenge.expiresAt) return { wrong: 'the challenge has expired' };
  const passkey = passkeys.find((each) => sameBytes(each.credentialId, credentialId));
  if (!passkey) return { wrong: 'no passkey of this account' };
  const parsed = readAssertion(assertion);
  if (!parsed) return { wrong: 'the assertion has another form' };
  if (parsed.id !== base64url(credentialId)) return { wrong: 'another credential id' };
  const wrong = checkClientData(parsed.clientData, challenge.bytes) ?? checkAuthenticatorData(parsed.data);
  if (wrong) return { wrong };
  if (!verify('sha256', signedBytes(parsed.data, parsed.clientData), passkey.publicKey, parsed.signature)) {
    return { wrong: 'the signature is wrong' };
  }
  const signCount = parsed.data.readUInt32BE(33);
  // Zero on both sides: the passkey does not count. A count that does not rise is that of a copy.
  const counts = signCount !== 0 || passkey.signCount !== 0;
  if (counts && signCount <= passkey.signCount) return { wrong: 'the counter did not rise' };
  return { passkey, signCount };
}

interface ParsedAssertion {
  id: string;
  clientData: Buffer;
  data: Buffer;
  signature: Buffer;
}

function readAssertion(bytes: Uint8Array): ParsedAssertion | undefined {
  const json = bytes.length > MAX_ASSERTION_BYTES ? undefined : parseObject(bytes);
  const response = json && asObject(json.response);
  if (!json || !response || !hasExactly(json, KEYS) || !hasExactly(response, RESPONSE_KEYS)) return undefined;
  const { id, rawId, type } = json;
  const clientData = decode(response.clientDataJSON);
  const data = decode(response.authenticatorData);
  const signature = decode(response.signature);
  const handle = response.userHandle === null || decode(response.userHandle);
  if (typeof id !== 'string' || rawId !== id || type !== 'public-key') return undefined;
  if (!clientData || !data || data.length < MIN_AUTHENTICATOR_DATA || !signature || !handle) return undefined;
  return { id, clientData, data, signature };
}

function checkClientData(bytes: Buffer, challenge: Uint8Array): string | undefined {
  const data = parseObject(bytes);
  if (data?.type !== 'webauthn.get') return 'another type';
  if (data.challenge !== base64url(challenge)) return 'another challenge';
  if (data.origin !== ORIGIN) return 'another origin';
  return undefined;
}

function checkAuthenticatorData(data: Buffer): string | undefined {
  const hash = createHash('sha256').update(RP_ID).digest();
  if (!sameBytes(data.subarray(0, 32), hash)) return 'another relying party';
  const flags = data.readUInt8(32);
  if (!(flags & FLAGS.UP)) return 'the user was not present';
  if (!(flags & FLAGS.UV)) return 'the user was not verified';
  return undefined;
}

function decode(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > 0 && base64url(bytes) === text ? bytes : undefined;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    // Wrong UTF-8 and wrong JSON are no assertion.
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value);
  return object ? (value as Record<string, unknown>) : undefined;
}

function hasExactly(object: Record<string, unknown>, keys: string[]): boolean {
  return Object.keys(object).length === keys.length && keys.every((key) => key in object);
}
