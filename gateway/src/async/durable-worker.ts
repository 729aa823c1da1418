import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry/log.ts';

/** A key that may have jobs, and how many of them may start now. A key is a tenant, a receiver: who shares the worker. */
export interface Wanted {
  key: string;
  room: number;
}

/** The jobs that were claimed for one key. */
export interface Claimed<Job> {
  key: string;
  jobs: Job[];
  /** Whether jobs of the key were left for later: for want of room, or until a job that runs has ended. */
  more: boolean;
}

/** A queue that survives the process. Its rows are the truth; the worker only knows which keys may have jobs. */
export interface DurableQueue<Job> {
  /** Keys that have jobs without a claim. */
  due(): Promise<Iterable<string>>;
  claim(wanted: readonly Wanted[]): Promise<Claimed<Job>[]>;
  /**
   * Works a job off and writes how it ended; false when some of it was given back and can be claimed again. It rejects
   * when the end could not be written: then the job keeps its place until `release` resolves.
   */
  run(job: Job, key: string): Promise<boolean>;
  /** Gives back a job that was claimed and whose end was not written. */
  release(job: Job): Promise<void>;
}

export interface DurableWorkerOptions<Job> {
  queue: DurableQueue<Job>;
  clock: Clock;
  log: Logger;
  /** Names the jobs in the log, in the plural. */
  what: string;
  pollMs: number;
  /** Jobs that run at the same time. */
  limits: { total: number; perKey: number };
  /** Claims at the same time, and keys of one claim. */
  claims: { concurrent: number; keys: number };
  /** Whether a job of this key may start now, apart from the limits. */
  admits?: (key: string) => boolean;
}

/**
 * Works off a durable queue. Keys take turns, and no key holds up another one.
 *
 * A wake-up is never lost: a key stays noted until a claim that began after the wake-up has looked at it. The poll
 * finds jobs without a wake-up, and gives back the jobs whose end could not be written.
 */
export class DurableWorker<Job> {
  readonly #options: DurableWorkerOptions<Job>;
  /** Keys that may have jobs, in the order of their turns. */
  readonly #ready = new Set<string>();
  /** Keys that are being claimed, with the room that is kept for them. */
  readonly #claiming = new Map<string, number>();
  /** Keys whose last claim left jobs until one that runs has ended. */
  readonly #leftBehind = new Set<string>();
  /** Jobs of each key that have a place. */
  readonly #running = new Map<string, number>();
  /** Jobs whose end could not be written. */
  readonly #unreleased = new Map<Job, string>();
  readonly #tasks = new Set<Promise<void>>();
  /** Places that are taken or kept for a claim. */
  #taken = 0;
  #claims = 0;
  #pumping = false;
  #open = false;
  #cancelPoll = () => {};

  constructor(options: DurableWorkerOptions<Job>) {
    this.#options = options;
  }

  /** false before `start` and from `stop` on: then a job that runs takes on nothing new. */
  get isOpen(): boolean {
    return this.#open;
  }

  start(): void {
    this.#open = true;
    this.#track(this.#poll());
  }

  /** Claims nothing new, waits for the jobs that run, and gives back what it can. */
  async stop(): Promise<void> {
    this.#open = false;
    this.#cancelPoll();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    await this.#releaseUnreleased();
  }

  /** These keys may have jobs. */
  wake(keys: Iterable<string>): void {
    for (const key of keys) this.#ready.add(key);
    this.#pump();
  }

  #track(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  async #poll(): Promise<void> {
    const { queue, clock, log, what, pollMs } = this.#options;
    try {
      await this.#releaseUnreleased();
      this.wake(await queue.due());
    } catch (error) {
      log.error({ err: error }, `cannot look for ${what}; the next poll tries again`);
    }
    if (this.#open) this.#cancelPoll = clock.after(pollMs, () => this.#track(this.#poll()));
  }

  /** Each job by itself: one that cannot be given back holds up neither the others nor the search for due ones. */
  async #releaseUnreleased(): Promise<void> {
    const { queue, log, what } = this.#options;
    for (const [job, key] of this.#unreleased) {
      try {
        await queue.release(job);
      } catch (error) {
        log.warn({ err: error }, `${what} stay claimed until the next poll or start`);
        continue;
      }
      this.#unreleased.delete(job);
      this.#leave(key, false);
    }
  }

  /** Later in this turn of the event loop: keys that are woken together are claimed together. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      while (this.#open && this.#claims < this.#options.claims.concurrent) {
        const wanted = this.#nextClaim();
        if (wanted.length === 0) return;
        this.#track(this.#claim(wanted));
      }
    });
  }

  #nextClaim(): Wanted[] {
    const { limits, claims, admits = () => true } = this.#options;
    const wanted: Wanted[] = [];
    for (const key of this.#ready) {
      const left = limits.total - this.#taken;
      if (wanted.length === claims.keys || left <= 0) break;
      const room = Math.min(left, limits.perKey - (this.#running.get(key) ?? 0));
      if (room <= 0 || this.#claiming.has(key) || !admits(key)) continue;
      this.#ready.delete(key);
      this.#claiming.set(key, room);
      this.#taken += room;
      wanted.push({ key, room });
    }
    return wanted;
  }

  async #claim(wanted: Wanted[]): Promise<void> {
    this.#claims++;
    let claimed: Claimed<Job>[] = [];
    try {
      claimed = await this.#options.queue.claim(wanted);
    } catch (error) {
      const { log, what } = this.#options;
      const keys = wanted.map(({ key }) => key);
      log.error({ err: error, keys }, `cannot claim ${what}; the next poll tries again`);
    }
    this.#claims--;
    for (const { key, jobs, more } of claimed) {
      this.#leftBehind.delete(key);
      const hadRoom = jobs.length < (this.#claiming.get(key) ?? 0);
      if (more) (hadRoom ? this.#leftBehind : this.#ready).add(key);
      for (const job of jobs) this.#track(this.#work(key, job));
    }
    for (const { key, room } of wanted) {
      this.#claiming.delete(key);
      this.#taken -= room;
    }
    this.#pump();
  }

  async #work(key: string, job: Job): Promise<void> {
    const { queue, log, what } = this.#options;
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    this.#taken++;
    try {
      const finished = this.#open ? await queue.run(job, key) : await queue.release(job).then(() => false);
      this.#leave(key, finished);
    } catch (error) {
      log.error({ err: error, key }, `${what} broke off; the next poll gives them back`);
      this.#unreleased.set(job, key);
    }
  }

  #leave(key: string, finished: boolean): void {
    const running = (this.#running.get(key) ?? 0) - 1;
    if (running > 0) this.#running.set(key, running);
    else this.#running.delete(key);
    this.#taken--;
    // A claim that is being made may have seen this job run still, and left something behind for its sake.
    if (!finished || this.#leftBehind.has(key) || this.#claiming.has(key)) this.#ready.add(key);
    this.#pump();
  }
}
