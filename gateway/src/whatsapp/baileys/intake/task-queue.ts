import { delay } from '../../../async/delay.ts';
import type { Clock } from '../../../clock.ts';
import { isOutage } from '../../../storage/outage.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Failures in a row, on a healthy database, after which a task is set aside: with the waits, about 45 seconds. */
const MOST_FAILURES = 8;

export type Task = () => Promise<void>;

export interface TaskQueueOptions {
  clock: Clock;
  /** Whether the database takes writes. */
  healthy(): Promise<boolean>;
  /** A task failed and the queue stands still until it succeeds (`true`), or goes on (`false`). */
  onBlocked(blocked: boolean, error: unknown): void;
  /** A task is out of the queue without having succeeded. `total`: how many of this queue are. */
  onSetAside(error: unknown, total: number): void;
}

interface Queued {
  run: Task;
  setAside(error: unknown): void;
}

/**
 * Runs tasks one after the other, in order. A task that throws is tried again: what it carries may have been
 * acknowledged to WhatsApp, so leaving it out would lose it. While the database is in trouble that has no end. A task
 * that fails although the database is healthy is wrong in itself: it is set aside after a bound, because it would keep
 * everything behind it, and the close of its connection, waiting for good.
 */
export class TaskQueue {
  readonly #options: TaskQueueOptions;
  readonly #tasks: Queued[] = [];
  #running: Promise<void> | null = null;
  #setAside = 0;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#tasks.length;
  }

  /** `setAside` is called, with the last error, when the task will not be run again. */
  add(run: Task, setAside: (error: unknown) => void = () => {}): void {
    this.#tasks.push({ run, setAside });
    this.#running ??= this.#run();
  }

  /** Resolves when everything added so far is done. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let task = this.#tasks[0]; task; task = this.#tasks[0]) {
      await this.#untilOut(task);
      this.#tasks.shift();
    }
    // At once: a task that is added a moment later must find that nothing runs any more.
    this.#running = null;
  }

  async #untilOut(task: Queued): Promise<void> {
    const { clock, healthy, onBlocked } = this.#options;
    let failures = 0;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        await task.run();
        if (wait > FIRST_RETRY_MS) onBlocked(false, null);
        return;
      } catch (error) {
        onBlocked(true, error);
        failures = isOutage(error) ? 0 : failures + 1;
        if (failures >= MOST_FAILURES) {
          if (await healthy()) return this.#leaveOut(task, error);
          failures = 0;
        }
        await delay(clock, wait);
      }
    }
  }

  #leaveOut(task: Queued, error: unknown): void {
    const { onBlocked, onSetAside } = this.#options;
    this.#setAside++;
    task.setAside(error);
    onSetAside(error, this.#setAside);
    onBlocked(false, null);
  }
}
