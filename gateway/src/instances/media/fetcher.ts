import { buffer } from 'node:stream/consumers';
import { deadline } from '../../async/deadline.ts';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import type { Clock } from '../../clock.ts';
import { type FileState, WEBHOOK_BASE64_BYTES } from '../../events/file-view.ts';
import type { MediaUpdates } from '../../events/media-updates.ts';
import { isOutage } from '../../storage/outage.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type FetchDeps, type Fetched, fetchFile, Unwanted } from './fetch-file.ts';
import { nextAttempt } from './fetch-schedule.ts';
import { reportFile } from './file-events.ts';
import { ATTEMPT_MS, type ClaimedFile, type FileChange } from './file-queue.ts';

export interface FetcherOptions extends FetchDeps {
  db: Queries;
  clock: Clock;
  log: Logger;
  news: MediaUpdates;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Finds what is due for another attempt, and what nobody was woken for. */
const POLL_MS = 1_000;

/** Files that are fetched at the same time: each holds a connection and some buffers, none is held in memory. */
const PER_INSTANCE = 4;
const IN_ALL = 32;

interface Run {
  file: ClaimedFile;
  abort: AbortController;
  ended: PromiseWithResolvers<void>;
}

/** Why a run is aborted without a verdict. */
const STOPPED = new Error('the fetcher stops');
const TOO_LONG = new Error('the attempt took too long');

/**
 * Fetches the files of messages in the background, and tells their events. The queue in the database is the truth, so
 * a crash loses nothing; no instance takes the room of another.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #ready = new Set<string>();
  readonly #claiming = new Set<string>();
  readonly #runs = new Map<string, Run>();
  /** Who waits for the end of an attempt, by file. */
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  /** Runs whose end could not be written: given back at the next poll. */
  readonly #broken = new Set<ClaimedFile>();
  readonly #tasks = new Set<Promise<void>>();
  /** Files that are inlined are in memory as a whole, so one after another. */
  readonly #inlining = new KeyedMutex();
  #open = false;
  #cancelPoll = () => {};

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Frees what a fetcher that died had claimed. Before `start`, by the only process that serves the data. */
  recover(): Promise<void> {
    return this.#options.queue.releaseAll();
  }

  start(): void {
    this.#open = true;
    this.#track(this.#poll());
  }

  /** Breaks off what runs and gives it back. */
  async stop(): Promise<void> {
    this.#open = false;
    this.#cancelPoll();
    for (const { abort } of this.#runs.values()) abort.abort(STOPPED);
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** An instance has something to fetch. */
  wake(instanceId: string): void {
    this.#ready.add(instanceId);
    this.#pump();
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

  #track(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  async #poll(): Promise<void> {
    const { queue, clock, log } = this.#options;
    try {
      for (const file of this.#broken) {
        await queue.release(file);
        this.#broken.delete(file);
      }
      for (const instanceId of await queue.dueInstances(clock.now())) this.#ready.add(instanceId);
    } catch (error) {
      log.error({ err: error }, 'cannot look for files to fetch; trying again');
    }
    this.#pump();
    if (this.#open) this.#cancelPoll = clock.after(POLL_MS, () => this.#track(this.#poll()));
  }

  #pump(): void {
    for (const instanceId of this.#ready) {
      const room = this.#roomFor(instanceId);
      if (!this.#open || this.#runs.size >= IN_ALL) return;
      if (room <= 0 || this.#claiming.has(instanceId)) continue;
      this.#ready.delete(instanceId);
      this.#track(this.#claim(instanceId, room));
    }
  }

  #roomFor(instanceId: string): number {
    const own = [...this.#runs.values()].filter(({ file }) => file.instance_id === instanceId).length;
    return Math.min(PER_INSTANCE - own, IN_ALL - this.#runs.size);
  }

  async #claim(instanceId: string, most: number): Promise<void> {
    const { queue, clock, log } = this.#options;
    this.#claiming.add(instanceId);
    try {
      const files = await queue.claim(instanceId, most, clock.now());
      for (const file of files) this.#track(this.#run(file));
      // There may be more than there was room for.
      if (files.length === most) this.#ready.add(instanceId);
    } catch (error) {
      log.error({ err: error, instanceId }, 'cannot claim files to fetch; the next poll tries again');
    }
    this.#claiming.delete(instanceId);
    this.#pump();
  }

  async #run(file: ClaimedFile): Promise<void> {
    const { queue, clock, log } = this.#options;
    const run: Run = { file, abort: new AbortController(), ended: Promise.withResolvers() };
    this.#runs.set(file.id, run);
    const cancel = clock.after(ATTEMPT_MS, () => run.abort.abort(TOO_LONG));
    try {
      if (this.#open) await this.#attempt(run);
      else await queue.release(file);
    } catch (error) {
      if (error !== STOPPED)
        log.error({ err: error, mediaId: file.id }, 'an attempt to fetch a file broke off');
      this.#broken.add(file);
      if (error === STOPPED) await this.#giveBack(file);
    } finally {
      cancel();
      this.#runs.delete(file.id);
      this.#waiting.get(file.id)?.resolve();
      this.#waiting.delete(file.id);
      run.ended.resolve();
      this.#pump();
    }
  }

  async #giveBack(file: ClaimedFile): Promise<void> {
    try {
      await this.#options.queue.release(file);
      this.#broken.delete(file);
    } catch (error) {
      // The next start frees every claim.
      this.#options.log.warn({ err: error, mediaId: file.id }, 'a file could not be given back');
    }
  }

  async #attempt({ file, abort }: Run): Promise<void> {
    try {
      await this.#settle(file, await this.#fetch(file, abort.signal));
    } catch (error) {
      if (!(error instanceof Unwanted)) throw error;
      await this.#options.blobs.delete({ instanceId: file.instance_id, id: file.id });
    }
  }

  async #fetch(file: ClaimedFile, signal: AbortSignal): Promise<Fetched> {
    try {
      return await fetchFile(this.#options, file, signal);
    } catch (error) {
      // What nobody thought of has its turns as well: without them it would be tried again every second.
      if (error === STOPPED || error instanceof Unwanted || isOutage(error)) throw error;
      const failed = { error: 'download_failed', how: 'unreachable', cause: error } as const;
      return { size: file.size, object: null, failed };
    }
  }

  /** Writes how the attempt ended and tells it, in one commit. */
  async #settle(file: ClaimedFile, fetched: Fetched): Promise<void> {
    const { log, random } = this.#options;
    const { failed } = fetched;
    const delay = failed && nextAttempt(failed.how, file.attempts, random);
    if (failed) {
      const line = {
        mediaId: file.id,
        instanceId: file.instance_id,
        attempt: file.attempts,
        err: failed.cause,
      };
      log[delay === null ? 'warn' : 'info'](
        { ...line, reason: failed.error, retryIn: delay },
        'a file was not fetched',
      );
    }
    const tell = async (base64: string | null) => this.#tell(file, fetched, delay, base64);
    if (await this.#isInlined(file, fetched.size)) {
      await this.#inlining.run('', async () => {
        await tell((await buffer(this.#options.blobs.read(nameOf(file)))).toString('base64'));
      });
    } else await tell(null);
  }

  async #tell(
    file: ClaimedFile,
    fetched: Fetched,
    delay: number | null,
    base64: string | null,
  ): Promise<void> {
    const { news, queue, clock } = this.#options;
    const { size, object, failed } = fetched;
    const state: FileState = { s3Url: object?.s3_url ?? null, error: failed?.error ?? null, size, base64 };
    await news.tell({ instanceId: file.instance_id, eventId: file.event_id }, async (trx, emit) => {
      const now = clock.now();
      const waits = file.waits_until !== null && file.waits_until > now;
      const left = file.waits_until !== null && !waits;
      const retryAt = delay === null ? null : now + delay;
      const over = retryAt === null;
      // What cannot come in time is told at once, and is then an event that left without its file.
      const release = waits && (over || retryAt > (file.waits_until ?? 0));
      const change: FileChange = {
        state: failed ? (over ? 'failed' : 'fetching') : 'ready',
        error: failed?.error ?? null,
        next_attempt_at: failed ? retryAt : null,
        ...object,
        ...(release && failed && { waits_until: now }),
      };
      if (!(await queue.settle(trx, file, change))) return null;
      const isLast = !failed || over;
      if (left && isLast) {
        await reportFile(trx, emit, file, failed ? 'media_failed' : 'media_ready', { state, now });
      }
      return waits && (isLast || release) ? state : null;
    });
  }

  /** Whether a channel of the instance shows the file itself. */
  async #isInlined({ instance_id, waits_until }: ClaimedFile, size: number | null): Promise<boolean> {
    if (waits_until === null || size === null || size > WEBHOOK_BASE64_BYTES) return false;
    const { db } = this.#options;
    for (const table of ['webhooks', 'websockets'] as const) {
      const shows = await db
        .selectFrom(table)
        .select('instance_id')
        .where('instance_id', '=', instance_id)
        .where('enabled', '=', 1)
        .where('media_base64', '=', 1)
        .executeTakeFirst();
      if (shows) return true;
    }
    return false;
  }
}

function nameOf({ instance_id: instanceId, id }: ClaimedFile) {
  return { instanceId, id };
}
