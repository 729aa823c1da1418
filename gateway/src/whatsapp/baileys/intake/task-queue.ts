import { delay } from '../../../async/delay.ts';
import type { Clock } from '../../../clock.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

export interface TaskQueueOptions {
  clock: Clock;
  /** A task failed and the line stands still until it succeeds (`true`), or moves again (`false`). */
  onBlocked(blocked: boolean, error: unknown): void;
}

/**
 * Runs tasks one after the other, in order. A task that throws is tried again until it succeeds: what stands in the
 * line was already acknowledged to WhatsApp, so leaving it out would lose it.
 */
export class TaskQueue {
  readonly #options: TaskQueueOptions;
  readonly #tasks: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#tasks.length;
  }

  add(task: () => Promise<void>): void {
    this.#tasks.push(task);
    this.#running ??= this.#run();
  }

  /** Resolves when everything added so far is done. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let task = this.#tasks[0]; task; task = this.#tasks[0]) {
      await this.#untilDone(task);
      this.#tasks.shift();
    }
    // At once: a task that is added a moment later must find that nobody runs any more.
    this.#running = null;
  }

  async #untilDone(task: () => Promise<void>): Promise<void> {
    const { clock, onBlocked } = this.#options;
    let blocked = false;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        await task();
        if (blocked) onBlocked(false, null);
        return;
      } catch (error) {
        blocked = true;
        onBlocked(true, error);
        await delay(clock, wait);
      }
    }
  }
}
