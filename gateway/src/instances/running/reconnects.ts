import type { AfterClose } from './after-close.ts';
import { reconnectDelay } from './backoff.ts';

/** A session that stayed open this long was a good one: the next failure starts the backoff anew. */
const STABLE_MS = 60_000;

/** Decides when the next connection of an instance opens after one that failed or closed. */
export class Reconnects {
  readonly #random: () => number;
  #failures = 0;
  /** Unix milliseconds; null: no session is open. */
  #openedAt: number | null = null;

  /** @param random gives numbers in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  opened(now: number): void {
    this.#openedAt = now;
  }

  closed(now: number): void {
    if (this.#openedAt !== null && now - this.#openedAt >= STABLE_MS) this.#failures = 0;
    this.#openedAt = null;
  }

  /** Milliseconds to wait. WhatsApp's first demand for a restart is met at once, the ones after it with a backoff. */
  wait(next: Extract<AfterClose['next'], { do: 'restart' | 'retry' }>): number {
    this.#failures++;
    if (next.do === 'restart' && this.#failures === 1) return 0;
    const fixed = next.do === 'retry' ? next.wait : null;
    return fixed ?? reconnectDelay(this.#failures, this.#random());
  }
}
