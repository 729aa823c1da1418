import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  time = Date.parse('2026-04-28T10:30:00Z');
  readonly #timers = new Set<{ at: number; task: () => void }>();

  now = () => this.time;

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.time + ms, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that are set. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Moves the time and runs what became due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.task();
    }
    this.time = end;
  }
}
