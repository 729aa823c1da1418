/** An attempt that took this long marks its webhook as slow. */
export const SLOW_MS = 5_000;

/**
 * Bounds the runs of slow webhooks in this process. Receivers that answer slowly or not at all may use only a part of
 * the places, however many they are, so the others always find room. A slow one that answers quickly again is one of
 * the others.
 */
export class SlowReceivers {
  readonly #limit: number;
  readonly #slow = new Set<string>();
  #running = 0;

  /** `limit`: runs of slow webhooks at the same time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoomFor(webhookId: string): boolean {
    return !this.#slow.has(webhookId) || this.#running < this.#limit;
  }

  /** Runs `work` and counts it as slow when its webhook is slow as it begins. */
  async run<T>(webhookId: string, work: () => Promise<T>): Promise<T> {
    const slow = Number(this.#slow.has(webhookId));
    this.#running += slow;
    try {
      return await work();
    } finally {
      this.#running -= slow;
    }
  }

  /** Notes how long an attempt of this webhook took. */
  took(webhookId: string, durationMs: number): void {
    if (durationMs >= SLOW_MS) this.#slow.add(webhookId);
    else this.#slow.delete(webhookId);
  }
}
