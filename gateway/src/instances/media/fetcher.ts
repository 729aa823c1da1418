import { deadline } from '../../async/deadline.ts';
import { type Claimed, DurableWorker, type Wanted } from '../../async/durable-worker.ts';
import { FileAttempt, type FileAttemptDeps, STOPPED } from './file-attempt.ts';
import { ATTEMPT_MS, type ClaimedFile } from './file-queue.ts';

export type FetcherOptions = FileAttemptDeps;

/** Finds what is due for another attempt, and what no wake-up named. */
const POLL_MS = 1_000;

/** Files that are fetched at the same time: each holds a connection and some buffers, none is held in memory. */
const LIMITS = { total: 32, perKey: 4 };

/** One instance a claim, each in a transaction of its own: a claim that fails has claimed nothing. */
const CLAIMS = { concurrent: 4, keys: 1 };

interface Run {
  file: ClaimedFile;
  abort: AbortController;
  ended: PromiseWithResolvers<void>;
}

/** Why an attempt ends that takes longer than its claim may hold. */
const TOO_LONG = new Error('the attempt took too long');

/** Fetches the files of messages in the background and emits what became of them. No instance takes the room of another. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #worker: DurableWorker<ClaimedFile>;
  readonly #attempt: FileAttempt;
  readonly #runs = new Map<string, Run>();
  /** Callers that wait for the end of an attempt, by file. */
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  constructor(options: FetcherOptions) {
    const { queue, clock, log } = options;
    this.#options = options;
    this.#attempt = new FileAttempt(options);
    this.#worker = new DurableWorker({
      queue: {
        due: () => queue.dueInstances(clock.now()),
        claim: (wanted) => this.#claim(wanted),
        run: (file) => this.#run(file),
        release: (file) => queue.release(file),
      },
      clock,
      log,
      what: 'files to fetch',
      pollMs: POLL_MS,
      limits: LIMITS,
      claims: CLAIMS,
    });
  }

  /** Frees what a fetcher that died had claimed. Before `start`, by the only process that serves the data. */
  recover(): Promise<void> {
    return this.#options.queue.releaseAll();
  }

  start(): void {
    this.#worker.start();
  }

  /** Breaks off what runs and gives it back. */
  async stop(): Promise<void> {
    const stopped = this.#worker.stop();
    for (const { abort } of this.#runs.values()) abort.abort(STOPPED);
    await stopped;
  }

  /** An instance has something to fetch. */
  wake(instanceId: string): void {
    this.#worker.wake([instanceId]);
  }

  /** The instance is gone: nothing more is written for it once this resolves. */
  async forget(instanceId: string): Promise<void> {
    const own = [...this.#runs.values()].filter(({ file }) => file.instance_id === instanceId);
    for (const { abort } of own) abort.abort(STOPPED);
    await Promise.all(own.map(({ ended }) => ended.promise));
  }

  /** Whether an attempt runs for a file. */
  isAt(fileId: string): boolean {
    return this.#runs.has(fileId);
  }

  /** Waits for the end of the next attempt at a file, but not longer than `ms`. */
  async attempted(fileId: string, ms: number): Promise<void> {
    const waiting = this.#waiting.get(fileId) ?? Promise.withResolvers<void>();
    this.#waiting.set(fileId, waiting);
    await deadline(this.#options.clock, ms, waiting.promise);
    if (!this.isAt(fileId)) this.#waiting.delete(fileId);
  }

  async #claim(wanted: readonly Wanted[]): Promise<Claimed<ClaimedFile>[]> {
    const { queue, clock } = this.#options;
    const claims = wanted.map(async ({ key, room }) => {
      const jobs = await queue.claim(key, room, clock.now());
      return { key, jobs, more: jobs.length === room };
    });
    return Promise.all(claims);
  }

  async #run(file: ClaimedFile): Promise<boolean> {
    const { queue, clock } = this.#options;
    const run: Run = { file, abort: new AbortController(), ended: Promise.withResolvers() };
    this.#runs.set(file.id, run);
    const cancel = clock.after(ATTEMPT_MS, () => run.abort.abort(TOO_LONG));
    try {
      await this.#attempt.make(file, run.abort.signal);
      return true;
    } catch (error) {
      if (error !== STOPPED) throw error;
      await queue.release(file);
      return false;
    } finally {
      cancel();
      this.#runs.delete(file.id);
      this.#waiting.get(file.id)?.resolve();
      this.#waiting.delete(file.id);
      run.ended.resolve();
    }
  }
}
