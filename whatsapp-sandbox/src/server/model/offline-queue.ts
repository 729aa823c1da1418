import type { Stanza } from '../../wire/stanza.ts';

/** A device that stays away keeps this many stanzas; past that the oldest go, and are counted. */
const CAPACITY = 100_000;

/**
 * What was sent to a device and not acknowledged yet, in order. WhatsApp delivers a stanza again at
 * every log-in until the device answers with a receipt or an ack.
 */
export class OfflineQueue {
  readonly #waiting = new Map<string, Stanza>();
  dropped = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds a stanza; one with the same key (a resend) takes the place of the earlier one. */
  put(key: string, node: Stanza): void {
    this.#waiting.delete(key);
    this.#waiting.set(key, node);
    if (this.#waiting.size <= CAPACITY) return;
    for (const oldest of this.#waiting.keys()) {
      this.#waiting.delete(oldest);
      this.dropped += 1;
      return;
    }
  }

  /** The device has it; true when it was waiting. */
  settle(key: string): boolean {
    return this.#waiting.delete(key);
  }

  /** Everything that waits, oldest first. */
  all(): Stanza[] {
    return [...this.#waiting.values()];
  }

  entries(): [string, Stanza][] {
    return [...this.#waiting];
  }

  clear(): void {
    this.#waiting.clear();
  }
}
