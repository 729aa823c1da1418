import { randomBytes } from 'node:crypto';

/** Crockford's base 32, whose characters sort like the numbers that they stand for. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const LENGTH = TIME_CHARACTERS + RANDOM_CHARACTERS;

/**
 * Makes 26-character ids that sort in the order in which they were made (48 bits of milliseconds, 80 bits of
 * randomness, as a ULID). They ascend even when the clock stands still or goes back: the next id is then the
 * previous one plus one. Seed with the newest stored id, so that this holds across restarts too.
 */
export function ascendingIds(now: () => number, seed?: string): () => string {
  let last = seed ?? '0'.repeat(LENGTH);
  return () => {
    const time = encode(BigInt(now()), TIME_CHARACTERS);
    last = time > last.slice(0, TIME_CHARACTERS) ? time + randomPart() : increment(last);
    return last;
  };
}

/** An id that sorts after all that were made before this moment (Unix milliseconds), and before those made from it on. */
export function lowestId(ms: number): string {
  return encode(BigInt(Math.max(0, ms)), TIME_CHARACTERS) + '0'.repeat(RANDOM_CHARACTERS);
}

function randomPart(): string {
  const random = BigInt(`0x${randomBytes(10).toString('hex')}`);
  return encode(random, RANDOM_CHARACTERS);
}

function increment(id: string): string {
  let value = 0n;
  for (const character of id) value = value * 32n + BigInt(ALPHABET.indexOf(character));
  return encode(value + 1n, LENGTH);
}

function encode(value: bigint, characters: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < characters; i++) {
    text = ALPHABET[Number(rest % 32n)] + text;
    rest /= 32n;
  }
  return text;
}
