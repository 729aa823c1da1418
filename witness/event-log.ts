const EXPECT_DEADLINE_MS = 10_000;
/** More than any test makes; a witness that floods its output must not fill the memory. */
const MAX_EVENTS = 20_000;

/** The events of one source, in order, and those who wait for one of them. */
export class EventLog<Event> {
  readonly #source: string;
  readonly #seen: Event[] = [];
  readonly #waiting = new Map<() => void, (error: Error) => void>();
  #failed: Error | null = null;

  constructor(source: string) {
    this.#source = source;
  }

  add(event: Event): void {
    if (this.#seen.length === MAX_EVENTS) {
      this.fail(new Error(`${this.#source} reported more than ${MAX_EVENTS} events`));
      return;
    }
    this.#seen.push(event);
    for (const look of [...this.#waiting.keys()]) look();
  }

  /** Nothing more comes: rejects those who wait, and those who will. */
  fail(error: Error): void {
    this.#failed ??= error;
    for (const reject of [...this.#waiting.values()]) reject(error);
  }

  all(): readonly Event[] {
    return this.#seen;
  }

  /** The first event that fits, past or future. Rejects after `deadlineMs` with the last events that came. */
  async expect(
    what: string,
    fits: (event: Event) => boolean,
    deadlineMs = EXPECT_DEADLINE_MS,
  ): Promise<Event> {
    return (await this.expectAll(what, fits, 1, deadlineMs))[0] as Event;
  }

  /** The first `count` events that fit, past or future; otherwise as `expect`. */
  async expectAll(
    what: string,
    fits: (event: Event) => boolean,
    count: number,
    deadlineMs = EXPECT_DEADLINE_MS,
  ): Promise<Event[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Event[]>();
    const look = () => {
      const found = this.#seen.filter(fits);
      if (found.length >= count) resolve(found.slice(0, count));
    };
    const missed = () =>
      new Error(
        `${this.#source} did not report ${what} (${this.#seen.filter(fits).length} of ${count}); it reported, last: ${JSON.stringify(this.#seen.slice(-8))}`,
      );
    const timer = setTimeout(() => reject(missed()), deadlineMs);
    this.#waiting.set(look, reject);
    look();
    if (this.#failed) reject(this.#failed);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }
}
