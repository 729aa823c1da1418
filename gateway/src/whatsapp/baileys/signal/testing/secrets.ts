import { BufferJSON } from 'baileys';
import { readFields } from '../protobuf.ts';
import type { Party } from './parties.ts';

const KEY_LENGTH = 32;

/**
 * Every secret that a party holds now, in hex: the private keys of its creds and everything that has the length of
 * a key in its stores (public keys have a type byte more, so this takes private, root, chain and message keys).
 */
export function secretsOf({ creds, store }: Party): string[] {
  const found = [
    creds.signedIdentityKey.private,
    creds.signedPreKey.keyPair.private,
    creds.noiseKey.private,
    creds.pairingEphemeralKeyPair.private,
    Buffer.from(creds.advSecretKey, 'base64'),
  ];
  for (const [id, row] of store.rows) {
    const value: unknown = JSON.parse(row, BufferJSON.reviver);
    if (id.startsWith('pre-key/')) found.push((value as { private: Uint8Array }).private);
    else found.push(...keysIn(value));
  }
  return found.map((secret) => Buffer.from(secret).toString('hex'));
}

/** Keys inside of a record: nested protobuf here, JSON with base64 strings in stock Baileys. */
function keysIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array)
    return value.length === KEY_LENGTH ? [value] : nested(value).flatMap(keysIn);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'base64');
    return bytes.length === KEY_LENGTH && bytes.toString('base64') === value ? [bytes] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(keysIn) : [];
}

function nested(bytes: Uint8Array): unknown[] {
  try {
    return readFields(bytes).map((field) => field.value);
  } catch {
    return [];
  }
}

/** The ways in which a program may print bytes, without white space (`<Buffer 0a 0b>` becomes hex too). */
export function printedForms(hex: string): string[] {
  const secret = Buffer.from(hex, 'hex');
  // Within something longer, base64 has three alignments; the characters shared with neighbours are cut off.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), secret, Buffer.alloc(3)])
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + KEY_LENGTH) * 8) / 6)),
  );
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [hex, hex.toUpperCase(), ...base64, ...base64url, secret.join(',')];
}

/** Which of the secrets occur in the output, in any encoding. */
export function leaked(secrets: readonly string[], output: string): string[] {
  const haystack = output.replaceAll(/\s/g, '');
  return secrets.filter((secret) => printedForms(secret).some((form) => haystack.includes(form)));
}
