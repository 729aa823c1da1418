/** A body of more bytes holds a file. */
export const LARGE_BODY_BYTES = 1024 * 1024;

export interface LargeBodyLimits {
  /** In memory at the same time. */
  total: number;
  /** Of one webhook: a receiver that is slow with them leaves room for those of others. */
  perWebhook: number;
}

interface Waiting {
  webhookId: string;
  enter: () => void;
}

/** Lets few large bodies into memory at a time, in the order in which they come. */
export class LargeBodies {
  readonly #limits: LargeBodyLimits;
  readonly #held = new Map<string, number>();
  #waiting: Waiting[] = [];
  #total = 0;

  constructor(limits: LargeBodyLimits) {
    this.#limits = limits;
  }

  /** Resolves when there is room, with what gives it back. */
  async enter(webhookId: string): Promise<() => void> {
    if (!this.#hasRoom(webhookId)) {
      await new Promise<void>((enter) => this.#waiting.push({ webhookId, enter }));
    } else this.#take(webhookId, 1);
    return () => this.#leave(webhookId);
  }

  #hasRoom(webhookId: string): boolean {
    const { total, perWebhook } = this.#limits;
    return this.#total < total && (this.#held.get(webhookId) ?? 0) < perWebhook;
  }

  #take(webhookId: string, count: 1 | -1): void {
    const held = (this.#held.get(webhookId) ?? 0) + count;
    if (held > 0) this.#held.set(webhookId, held);
    else this.#held.delete(webhookId);
    this.#total += count;
  }

  #leave(webhookId: string): void {
    this.#take(webhookId, -1);
    const next = this.#waiting.find((waiting) => this.#hasRoom(waiting.webhookId));
    if (!next) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    this.#take(next.webhookId, 1);
    next.enter();
  }
}
