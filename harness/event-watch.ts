/** Ends what hangs; a busy machine may need long. */
const EVENT_DEADLINE_MS = 120_000;

export interface GatewayEvent {
  event: string;
  eventId: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are read field by field by the story
  data: any;
  instanceData: { instance: string };
}

/** Collects events of one channel and waits for those that the story needs. */
export class EventWatch {
  readonly #channel: string;
  readonly #seen: GatewayEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(channel: string) {
    this.#channel = channel;
  }

  add(event: GatewayEvent): void {
    this.#seen.push(event);
    for (const look of [...this.#waiting]) look();
  }

  all(): readonly GatewayEvent[] {
    return this.#seen;
  }

  /** The first event that fits, past or future; with `nth`, the nth of them. Rejects after two minutes. */
  async expect(what: string, fits: (event: GatewayEvent) => boolean, nth = 1): Promise<GatewayEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<GatewayEvent>();
    const look = () => {
      const found = this.#seen.filter(fits)[nth - 1];
      if (found) resolve(found);
    };
    const timer = setTimeout(
      () => reject(new Error(`${this.#channel} did not bring ${what}`)),
      EVENT_DEADLINE_MS,
    );
    this.#waiting.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }
}
