import { buffer } from 'node:stream/consumers';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import type { Clock } from '../../clock.ts';
import { type FileState, WEBHOOK_BASE64_BYTES } from '../../events/file-view.ts';
import type { MediaUpdates } from '../../events/media-updates.ts';
import { isOutage } from '../../storage/outage.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type FetchDeps, type Fetched, fetchMessageFile, Unwanted } from './fetch-message-file.ts';
import { nextAttempt } from './fetch-schedule.ts';
import { reportFile } from './file-events.ts';
import type { ClaimedFile, FileChange } from './file-queue.ts';

export interface FileAttemptDeps extends FetchDeps {
  db: Queries;
  clock: Clock;
  log: Logger;
  mediaUpdates: MediaUpdates;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Why an attempt is aborted without an outcome. */
export const STOPPED = new Error('the fetcher stops');

/** How an attempt ended; `retryIn`: milliseconds until the next one, null when there is none. */
interface Outcome {
  fetched: Fetched;
  retryIn: number | null;
}

/** One attempt at a file: fetches what is missing, writes how that ended, and emits it. */
export class FileAttempt {
  readonly #deps: FileAttemptDeps;
  /** A file that is inlined is in memory as a whole, so they come one after another. */
  readonly #inlining = new KeyedMutex();

  constructor(deps: FileAttemptDeps) {
    this.#deps = deps;
  }

  /** Rejects with `STOPPED` when that is why `signal` aborted, and when the outcome could not be written. */
  async make(file: ClaimedFile, signal: AbortSignal): Promise<void> {
    try {
      await this.#settle(file, await this.#fetch(file, signal));
    } catch (error) {
      if (!(error instanceof Unwanted)) throw error;
      await this.#deps.blobs.delete(nameOf(file));
    }
  }

  async #fetch(file: ClaimedFile, signal: AbortSignal): Promise<Fetched> {
    try {
      return await fetchMessageFile(this.#deps, file, signal);
    } catch (error) {
      // An unexpected error is an attempt like any other: without one the file would be tried again every second.
      if (error === STOPPED || error instanceof Unwanted || isOutage(error)) throw error;
      const failed = { error: 'download_failed', how: 'unreachable', cause: error } as const;
      return { size: file.size, object: null, failed };
    }
  }

  async #settle(file: ClaimedFile, fetched: Fetched): Promise<void> {
    const { failed } = fetched;
    const retryIn = failed && nextAttempt(failed.how, file.attempts, this.#deps.random);
    if (failed) this.#logFailure(file, failed, retryIn);
    const outcome = { fetched, retryIn };
    if (!(await this.#isInlined(file, fetched.size))) return this.#write(file, outcome, null);
    await this.#inlining.run('', async () => {
      const bytes = await buffer(this.#deps.blobs.read(nameOf(file)));
      await this.#write(file, outcome, bytes.toString('base64'));
    });
  }

  #logFailure(file: ClaimedFile, failed: NonNullable<Fetched['failed']>, retryIn: number | null): void {
    const { id: mediaId, instance_id: instanceId, attempts: attempt } = file;
    const line = { mediaId, instanceId, attempt, err: failed.cause, reason: failed.error, retryIn };
    this.#deps.log[retryIn === null ? 'warn' : 'info'](line, 'a file was not fetched');
  }

  /** Writes the outcome and emits it, in one commit. */
  async #write(file: ClaimedFile, { fetched, retryIn }: Outcome, base64: string | null): Promise<void> {
    const { mediaUpdates, queue, clock } = this.#deps;
    const { size, object, failed } = fetched;
    const state: FileState = { s3Url: object?.s3_url ?? null, error: failed?.error ?? null, size, base64 };
    await mediaUpdates.settle({ instanceId: file.instance_id, eventId: file.event_id }, async (trx, emit) => {
      const now = clock.now();
      const waits = file.waits_until !== null && file.waits_until > now;
      const left = file.waits_until !== null && !waits;
      const retryAt = retryIn === null ? null : now + retryIn;
      const over = retryAt === null;
      // A file that cannot come in time releases its event at once, which then counts as one that left without it.
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
    const { db } = this.#deps;
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
