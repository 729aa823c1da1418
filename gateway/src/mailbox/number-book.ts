import type { Clock } from '../clock.ts';
import { numberVariants } from '../whatsapp/recipient.ts';
import type { RegisteredNumber, Session } from '../whatsapp/session.ts';

const HIT_MS = 24 * 3_600_000;
const MISS_MS = 5 * 60_000;
const NUMBERS_PER_INSTANCE = 5_000;

interface Entry {
  found: RegisteredNumber | null;
  until: number;
}

/** Which phone numbers are on WhatsApp, remembered per instance so that a conversation costs one query a day. */
export class NumberBook {
  readonly #clock: Clock;
  readonly #instances = new Map<string, Map<string, Entry>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The user behind a number (digits), Brazil's other form tried as well; null when neither is on WhatsApp.
   * Throws `SendFailed` when WhatsApp does not answer.
   */
  async find(
    instanceId: string,
    session: Pick<Session, 'lookUpNumbers'>,
    digits: string,
  ): Promise<RegisteredNumber | null> {
    const known = this.#remembered(instanceId, digits);
    if (known) return known.found;
    const variants = numberVariants(digits);
    const registered = await session.lookUpNumbers(variants);
    const asGiven = variants.map((variant) => registered.find(({ number }) => number === variant));
    const found = asGiven.find((candidate) => candidate !== undefined) ?? registered[0] ?? null;
    this.#remember(instanceId, digits, { found, until: this.#clock.now() + (found ? HIT_MS : MISS_MS) });
    return found;
  }

  /** Call it when an instance is deleted. */
  forget(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #remembered(instanceId: string, digits: string): Entry | undefined {
    const numbers = this.#instances.get(instanceId);
    const entry = numbers?.get(digits);
    if (!numbers || !entry) return undefined;
    numbers.delete(digits);
    if (entry.until <= this.#clock.now()) return undefined;
    numbers.set(digits, entry); // now the most recently used
    return entry;
  }

  #remember(instanceId: string, digits: string, entry: Entry): void {
    const numbers = this.#instances.get(instanceId) ?? new Map<string, Entry>();
    this.#instances.set(instanceId, numbers);
    numbers.set(digits, entry);
    const [oldest] = numbers.keys();
    if (numbers.size > NUMBERS_PER_INSTANCE && oldest !== undefined) numbers.delete(oldest);
  }
}
