import type { Clock } from '../clock.ts';
import { numberVariants } from '../whatsapp/recipient.ts';
import type { RegisteredNumber, Session } from '../whatsapp/session.ts';

const HIT_MS = 24 * 3_600_000;
const MISS_MS = 5 * 60_000;
const NUMBERS_PER_INSTANCE = 5_000;
const NUMBERS_PER_QUESTION = 250;

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
    const registered = await session.lookUpNumbers(numberVariants(digits));
    // WhatsApp may answer under a form of its own.
    return this.#learn(instanceId, digits, matching(digits, registered) ?? registered[0] ?? null);
  }

  /** Many numbers with few questions; those that are on WhatsApp, by the digits that were asked for. */
  async findAll(
    instanceId: string,
    session: Pick<Session, 'lookUpNumbers'>,
    numbers: string[],
  ): Promise<Map<string, RegisteredNumber>> {
    const found = new Map<string, RegisteredNumber>();
    const unknown: string[] = [];
    for (const digits of new Set(numbers)) {
      const known = this.#remembered(instanceId, digits);
      if (!known) unknown.push(digits);
      else if (known.found) found.set(digits, known.found);
    }
    for (let start = 0; start < unknown.length; start += NUMBERS_PER_QUESTION) {
      const some = unknown.slice(start, start + NUMBERS_PER_QUESTION);
      const registered = await session.lookUpNumbers(some.flatMap(numberVariants));
      for (const digits of some) {
        const user = this.#learn(instanceId, digits, matching(digits, registered));
        if (user) found.set(digits, user);
      }
    }
    return found;
  }

  /** Call it when an instance is deleted. */
  forget(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #learn(instanceId: string, digits: string, found: RegisteredNumber | null): RegisteredNumber | null {
    this.#remember(instanceId, digits, { found, until: this.#clock.now() + (found ? HIT_MS : MISS_MS) });
    return found;
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

/** The user of a number, the form that was given first. */
function matching(digits: string, registered: RegisteredNumber[]): RegisteredNumber | null {
  const forms = numberVariants(digits).map((form) => registered.find(({ number }) => number === form));
  return forms.find((user) => user !== undefined) ?? null;
}
