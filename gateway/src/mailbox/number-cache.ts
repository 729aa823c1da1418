import type { Clock } from '../clock.ts';
import { numberVariants } from '../whatsapp/recipient.ts';
import type { RegisteredNumber, Session } from '../whatsapp/session.ts';

const HIT_MS = 24 * 3_600_000;
/** The recipient of a message may have registered a moment ago. */
const MISS_MS = 5 * 60_000;
/** Lists that are checked again and again are what WhatsApp watches. */
const CHECKED_MISS_MS = 3_600_000;
const NUMBERS_PER_OWNER = 5_000;

interface Entry {
  found: RegisteredNumber | null;
  at: number;
}

/** Which phone numbers are on WhatsApp; kept so that a conversation costs one query a day. */
export class NumberCache {
  readonly #clock: Clock;
  /** By owner: an instance, or the account for lists of numbers that its clients check. */
  readonly #owners = new Map<string, Map<string, Entry>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The user behind a number (digits), Brazil's other form tried as well; null when neither is on WhatsApp.
   * Throws `SendFailed` when WhatsApp does not answer.
   */
  async find(
    owner: string,
    session: Pick<Session, 'lookUpNumbers'>,
    digits: string,
  ): Promise<RegisteredNumber | null> {
    const known = this.#cached(owner, digits, MISS_MS);
    if (known) return known.found;
    const found = await lookUp(session, digits);
    this.#keep(owner, digits, { found, at: this.#clock.now() });
    return found;
  }

  /** The same for many numbers with one question to WhatsApp; the answer is in their order. */
  async check(
    owner: string,
    session: Pick<Session, 'lookUpNumbers'>,
    numbers: string[],
  ): Promise<(RegisteredNumber | null)[]> {
    const known = new Map<string, RegisteredNumber | null>();
    for (const digits of numbers) {
      const entry = this.#cached(owner, digits, CHECKED_MISS_MS);
      if (entry) known.set(digits, entry.found);
    }
    const asked = [...new Set(numbers)].filter((digits) => !known.has(digits));
    for (const [digits, found] of await lookUpMany(session, asked)) {
      known.set(digits, found);
      this.#keep(owner, digits, { found, at: this.#clock.now() });
    }
    return numbers.map((digits) => known.get(digits) ?? null);
  }

  /** Drops everything that is kept for an owner which is deleted. */
  forget(owner: string): void {
    this.#owners.delete(owner);
  }

  #cached(owner: string, digits: string, missMs: number): Entry | undefined {
    const numbers = this.#owners.get(owner);
    const entry = numbers?.get(digits);
    if (!numbers || !entry) return undefined;
    numbers.delete(digits);
    if (entry.at + (entry.found ? HIT_MS : missMs) <= this.#clock.now()) return undefined;
    numbers.set(digits, entry); // now the most recently used
    return entry;
  }

  #keep(owner: string, digits: string, entry: Entry): void {
    const numbers = this.#owners.get(owner) ?? new Map<string, Entry>();
    this.#owners.set(owner, numbers);
    numbers.set(digits, entry);
    const [oldest] = numbers.keys();
    if (numbers.size > NUMBERS_PER_OWNER && oldest !== undefined) numbers.delete(oldest);
  }
}

type Lookup = Pick<Session, 'lookUpNumbers'>;

/** WhatsApp may name a user by another number than the one that was asked for (Mexico, Argentina). */
async function lookUp(session: Lookup, digits: string): Promise<RegisteredNumber | null> {
  const variants = numberVariants(digits);
  const registered = await session.lookUpNumbers(variants);
  return among(registered, variants) ?? registered[0] ?? null;
}

/** One question for all; when it finds users under other numbers, those that were not found are asked for alone. */
async function lookUpMany(session: Lookup, numbers: string[]): Promise<Map<string, RegisteredNumber | null>> {
  const answers = new Map<string, RegisteredNumber | null>();
  if (numbers.length === 0) return answers;
  const wanted = new Set(numbers.flatMap(numberVariants));
  const registered = await session.lookUpNumbers([...wanted]);
  const renamed = registered.some(({ number }) => !wanted.has(number));
  for (const digits of numbers) {
    const found = among(registered, numberVariants(digits));
    answers.set(digits, found ?? (renamed ? await lookUp(session, digits) : null));
  }
  return answers;
}

/** The number as it was given counts before its other form. */
function among(registered: RegisteredNumber[], variants: string[]): RegisteredNumber | null {
  const asGiven = variants.map((variant) => registered.find(({ number }) => number === variant));
  return asGiven.find((found) => found !== undefined) ?? null;
}
