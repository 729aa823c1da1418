import { delay } from '../async/delay.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/log.ts';
import { BATCH_ROWS, type Forget } from './retention.ts';

/** From the end of one round to the next. */
const ROUND_MS = 60 * 60_000;

/** Between two batches: requests and events that came meanwhile go first. */
const PAUSE_MS = 50;

export interface RetentionJobOptions {
  clock: Clock;
  log: Logger;
  /** By the name under which the log speaks of them. */
  forget: Record<string, Forget>;
}

/** Takes away what is kept no longer, a little at a time, and goes over everything again every hour. */
export class RetentionJob {
  readonly #options: RetentionJobOptions;
  readonly #stopped = new AbortController();
  #running = Promise.resolve();

  constructor(options: RetentionJobOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves once nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, forget } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      for (const [what, forgetBatch] of Object.entries(forget)) await this.#all(what, forgetBatch);
      await delay(clock, ROUND_MS, signal);
    }
  }

  async #all(what: string, forget: Forget): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopped;
    let forgotten = 0;
    try {
      for (let batch = BATCH_ROWS; !signal.aborted && batch >= BATCH_ROWS; ) {
        batch = await forget(clock.now());
        forgotten += batch;
        if (batch >= BATCH_ROWS) await delay(clock, PAUSE_MS, signal);
      }
    } catch (error) {
      log.error({ err: error, what }, 'cannot forget what is too old; the next round tries again');
    }
    if (forgotten > 0) log.info({ what, rows: forgotten }, 'forgot what was too old');
  }
}
