import type { Stanza } from '../../wire/stanza.ts';

/** A device that stays away keeps this many stanzas; past that the oldest go, and are counted. */
const CAPACITY = 100_000;

/**
 * What was sent to a device and not acknowledged yet, in order. WhatsApp delivers a stanza again at
 * every log-in until the device answers with a receipt or an ack.
 */
export class OfflineQueue {
  readonly #waiting = new Map<string, Stanza>();
  /** Keys of statuses that the device refused: they come first, and what is behind them waits. */
  readonly #refused = new Set<string>();
  dropped = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** A refused status holds back everything else. */
  get held(): boolean {
    return this.#refused.size > 0;
  }

  /** Adds a stanza; one with the same key (a resend) takes the place of the earlier one. */
  put(key: string, node: Stanza): void {
    this.settle(key);
    this.#waiting.set(key, node);
    if (this.#waiting.size <= CAPACITY) return;
    for (const oldest of this.#waiting.keys()) {
      this.settle(oldest);
      this.dropped += 1;
      return;
    }
  }

  /** The device has it; true when it was waiting. */
  settle(key: string): boolean {
    this.#refused.delete(key);
    return this.#waiting.delete(key);
  }

  /** The device says that it cannot read it: it stays, in front of everything else. */
  refuse(key: string): void {
    if (this.#waiting.has(key)) this.#refused.add(key);
  }

  /** Whether this very stanza still waits for its acknowledgement. */
  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Everything that waits: what was refused, then the rest, oldest first. */
  all(): Stanza[] {
    return this.entries().map(([, node]) => node);
  }

  entries(): [string, Stanza][] {
    const all = [...this.#waiting];
    if (!this.held) return all;
    const isRefused = ([key]: [string, Stanza]) => this.#refused.has(key);
    return [...all.filter(isRefused), ...all.filter((entry) => !isRefused(entry))];
  }

  /** How many refused statuses stand in front. */
  get refused(): number {
    return this.#refused.size;
  }

  clear(): void {
    this.#waiting.clear();
    this.#refused.clear();
  }
}
