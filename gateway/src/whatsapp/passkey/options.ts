import { fromBase64url } from './base64url.ts';

/** The one page whose browser signs for WhatsApp's relying party. */
export const PASSKEY_ORIGIN = 'https://web.whatsapp.com';

const MAX_OPTIONS_BYTES = 4_096;
/** WhatsApp's own client keeps options no longer, and takes this for options without a timeout. */
const LONGEST_LIFE_MS = 600_000;
const CHALLENGE_BYTES = { min: 16, max: 1_024 };

/** What WhatsApp wants signed: WebAuthn's `PublicKeyCredentialRequestOptionsJSON`, and what we need of it. */
export interface PasskeyOptions {
  /** As it was received; browsers get it unchanged. */
  publicKey: Record<string, unknown>;
  /** Unpadded base64url. */
  challenge: string;
  rpId: string;
  /** Milliseconds from the receipt on. */
  lifeMs: number;
}

/** Reads the options out of a stanza; null when they are too long, no JSON, or nothing that a browser could sign. */
export function readPasskeyOptions(bytes: Uint8Array): PasskeyOptions | null {
  if (bytes.length === 0 || bytes.length > MAX_OPTIONS_BYTES) return null;
  const publicKey = readObject(bytes);
  if (!publicKey) return null;
  const { challenge, timeout, rpId = new URL(PASSKEY_ORIGIN).hostname } = publicKey;
  if (typeof challenge !== 'string' || !fromBase64url(challenge, CHALLENGE_BYTES)) return null;
  if (typeof rpId !== 'string' || !signsAt(rpId)) return null;
  return { publicKey, challenge, rpId, lifeMs: lifeOf(timeout) };
}

/** A browser signs for its page's own host and for the domains above it. */
function signsAt(rpId: string): boolean {
  const { hostname } = new URL(PASSKEY_ORIGIN);
  return rpId.includes('.') && `.${hostname}`.endsWith(`.${rpId}`);
}

function lifeOf(timeout: unknown): number {
  return typeof timeout === 'number' && timeout > 0 ? Math.min(timeout, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
}

/** The JSON object in UTF-8 bytes; null when there is none. */
export function readObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : null;
  } catch {
    // Wrong UTF-8 and wrong JSON are one answer: no object.
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
