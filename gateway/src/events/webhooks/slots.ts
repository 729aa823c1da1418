/** An attempt that took this long marks its webhook as slow. */
export const SLOW_MS = 5_000;

export interface SlotLimits {
  /** Runs of deliveries at the same time in this process. */
  total: number;
  /** Of these, runs of slow webhooks. */
  slow: number;
}

/**
 * Shares this process between receivers. Those that answer slowly or not at all may use only a part of it, however
 * many they are: the others always find room, and a slow one that answers quickly again is one of them.
 */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #slow = new Set<string>();
  #running = 0;
  #slowRunning = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#running >= this.#limits.total;
  }

  hasRoomFor(webhookId: string): boolean {
    return !this.isFull && (!this.#slow.has(webhookId) || this.#slowRunning < this.#limits.slow);
  }

  /** Runs `work` in a slot of this webhook. */
  async use(webhookId: string, work: () => Promise<void>): Promise<void> {
    const slow = Number(this.#slow.has(webhookId));
    this.#running++;
    this.#slowRunning += slow;
    try {
      await work();
    } finally {
      this.#running--;
      this.#slowRunning -= slow;
    }
  }

  /** Remembers how long an attempt of this webhook took. */
  took(webhookId: string, durationMs: number): void {
    if (durationMs >= SLOW_MS) this.#slow.add(webhookId);
    else this.#slow.delete(webhookId);
  }
}
