import { createHmac, createSecretKey, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type TokenKind = 'account' | 'instance';

const PREFIX: Record<TokenKind, string> = { account: 'rza_', instance: 'rzi_' };
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_CHARACTERS = 30;
const CHECKSUM_CHARACTERS = 6;
const MINTED = /^(rza_|rzi_)([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
const CUSTOM = /^[\x21-\x7e]{16,256}$/;

/**
 * A new token: kind, 178 random bits, checksum. Kind and checksum let leak scanners and typo checks recognise it;
 * they are no part of its strength.
 */
export function mintToken(kind: TokenKind): string {
  const random = Array.from({ length: RANDOM_CHARACTERS }, () => BASE62[randomInt(BASE62.length)]).join('');
  return PREFIX[kind] + random + checksum(random);
}

/** Whether this can be a minted token of this kind. */
export function isMintedToken(kind: TokenKind, token: string): boolean {
  const [, prefix, random, sum] = MINTED.exec(token) ?? [];
  return prefix === PREFIX[kind] && random !== undefined && sum === checksum(random);
}

/** The rule for values that callers choose for their TokenInstance. */
export function isAllowedCustomToken(token: string): boolean {
  return CUSTOM.test(token);
}

function checksum(random: string): string {
  let rest = crc32(random);
  let text = '';
  for (let i = 0; i < CHECKSUM_CHARACTERS; i++) {
    text = BASE62.charAt(rest % BASE62.length) + text;
    rest = Math.floor(rest / BASE62.length);
  }
  return text;
}

const KNOWN_LOOKUPS = 10_000;
/** No token is longer. */
const LONGEST_TOKEN = 256;

/** The form in which a token is looked up and compared; the token cannot be computed from it. */
export type TokenLookup = (token: string) => string;

/** HMAC rather than a plain hash, because callers may choose weak tokens. */
export function tokenLookup(pepper: Uint8Array): TokenLookup {
  // A key that is given as bytes is prepared anew for every token, at seven times the cost of the hash.
  const key = createSecretKey(pepper);
  // Every request needs a lookup, mostly of the same few tokens. The result opens nothing by itself, so it may be kept.
  const known = new Map<string, string>();
  return (token) => {
    const hit = known.get(token);
    if (hit) return hit;
    const lookup = createHmac('sha256', key).update(token).digest('base64url');
    if (known.size >= KNOWN_LOOKUPS) known.clear();
    if (token.length <= LONGEST_TOKEN) known.set(token, lookup);
    return lookup;
  };
}
