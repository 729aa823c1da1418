/** Ends what hangs; a busy machine may need long. */
const DEADLINE_MS = 120_000;

/** An event as webhooks and sockets get it. */
export interface ReportedEvent {
  event: string;
  eventId: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read payloads field by field
  data: any;
}

/** What was reported so far, and waiting for what a test needs of it. */
export class EventList {
  readonly #events: ReportedEvent[] = [];
  readonly #waiting = new Set<() => void>();

  add(event: ReportedEvent): void {
    this.#events.push(event);
    for (const look of [...this.#waiting]) look();
  }

  all(): readonly ReportedEvent[] {
    return this.#events;
  }

  /** The first event that fits, past or future; with `nth`, the nth of them. Rejects after two minutes. */
  async expect(what: string, fits: (event: ReportedEvent) => boolean, nth = 1): Promise<ReportedEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<ReportedEvent>();
    const look = () => {
      const found = this.#events.filter(fits)[nth - 1];
      if (found) resolve(found);
    };
    const late = setTimeout(() => {
      const kinds = this.#events.map(
        ({ event, data }) => `${event} ${data.type ?? data.state ?? data.id ?? ''}`,
      );
      reject(new Error(`${what} was not reported; there were ${JSON.stringify(kinds)}`));
    }, DEADLINE_MS);
    this.#waiting.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(look);
    }
  }
}
