import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import { HistoryBatch, type UnreadLeft } from '../../mailbox/history-batch.ts';
import { Mailbox } from '../../mailbox/mailbox.ts';
import type { DatabaseTransaction, Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { TempFiles } from '../../storage/temp-files.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type HistoryStep, historySteps } from '../../whatsapp/history/chunk.ts';
import { Malformed } from '../../whatsapp/history/fields.ts';
import { chunkFile } from '../../whatsapp/history/notification.ts';
import { pairsIn, tokensIn } from '../../whatsapp/history/people.ts';
import { spooled, unpacked } from '../../whatsapp/history/spool.ts';
import { FileDamaged } from '../../whatsapp/media/decrypt.ts';
import { DownloadFailed, download } from '../../whatsapp/media/download.ts';
import type { IdentityOperations } from '../../whatsapp/ports/identities.ts';
import { selfOf } from '../self.ts';
import { type HistoryChunk, HistoryChunks } from './history-chunks.ts';

/** Steps of one transaction: a live message waits for one of them at most. */
const STEPS_AT_ONCE = 100;
/** Between two transactions, in which whatever waits goes first. */
const PAUSE_MS = 10;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
const ATTEMPTS = 20;
const DOWNLOAD_DEADLINE_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

export interface HistoryImportOptions {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  files: TempFiles;
  settingsOf(instance: Pick<InstanceRow, 'settings'>): {
    disableHistorySync: boolean;
    ignoreGroupMessages: boolean;
    ignoreStatus: boolean;
  };
  /** The way to WhatsApp's media hosts for an instance. */
  networkOf(instance: InstanceRow): Dispatcher;
  /** What the open session of an instance is told of people; throws when there is none. */
  identitiesOf(instanceId: string): IdentityOperations;
}

/**
 * Takes announced history into the mailbox, beside everything else: one chunk at a time over all instances, in small
 * transactions with pauses, so that memory stays what it is and live messages go first.
 */
export class HistoryImports {
  readonly #options: HistoryImportOptions;
  readonly #chunks: HistoryChunks;
  readonly #waiting = new Set<string>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: HistoryImportOptions) {
    this.#options = options;
    this.#chunks = new HistoryChunks(options.db);
  }

  /**
   * Keeps what the phone has announced, within the transaction that takes the announcement out of the journal; false
   * when this instance is to have no history.
   */
  async announced(
    trx: DatabaseTransaction,
    { id: instanceId, settings, history_days }: Pick<InstanceRow, 'id' | 'settings' | 'history_days'>,
    announcement: Parameters<HistoryChunks['add']>[2],
  ): Promise<boolean> {
    const { disableHistorySync } = this.#options.settingsOf({ settings });
    if (disableHistorySync && history_days === null) return false;
    await this.#chunks.add(trx, instanceId, announcement);
    return true;
  }

  /** An instance may have chunks that nobody works on. */
  wake(instanceId: string): void {
    if (this.#stop.signal.aborted) return;
    this.#waiting.add(instanceId);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when nothing is being taken in any more; the rest goes on with the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const instanceId of this.#waiting) {
      if (this.#stop.signal.aborted) return;
      this.#waiting.delete(instanceId);
      if (await this.#next(instanceId)) this.#waiting.add(instanceId);
    }
  }

  /** Takes the next chunk of an instance; true when another one may follow. */
  async #next(instanceId: string): Promise<boolean> {
    const { db, log } = this.#options;
    let chunk: HistoryChunk | null = null;
    try {
      chunk = await this.#chunks.first(instanceId);
      const instance = chunk && (await instanceOf(db, instanceId));
      if (!chunk || !instance) return false;
      await this.#import(instance, chunk);
      if (this.#stop.signal.aborted) return false;
      await this.#chunks.drop(instanceId, chunk.id);
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      log.warn(
        { instance: instanceId, chunk: chunk?.id, err: error },
        'could not take in a chunk of history',
      );
      return this.#failed(instanceId, chunk, error);
    }
  }

  /** What will never be readable is left; everything else is tried again later. */
  async #failed(instanceId: string, chunk: HistoryChunk | null, error: unknown): Promise<boolean> {
    const { clock, log } = this.#options;
    const attempts = (chunk?.attempts ?? 0) + 1;
    try {
      if (chunk && (isFinal(error) || attempts >= ATTEMPTS)) {
        log.error({ instance: instanceId, chunk: chunk.id }, 'a chunk of history is given up');
        await this.#chunks.drop(instanceId, chunk.id);
        return true;
      }
      if (chunk) await this.#chunks.failed(instanceId, chunk.id);
    } catch (storing) {
      log.error({ instance: instanceId, err: storing }, 'could not note that a chunk of history failed');
    }
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    clock.after(wait, () => this.wake(instanceId));
    return false;
  }

  async #import(instance: InstanceRow, chunk: HistoryChunk): Promise<void> {
    const { notification, done } = chunk;
    const newest = (notification.syncType ?? 0) === 0;
    const inline = notification.initialHistBootstrapInlinePayload;
    if (inline?.length) {
      const bytes = unpacked(Readable.from([Buffer.from(inline)]));
      return this.#takeAll(instance, chunk, historySteps(bytes, { done, newest }));
    }
    const folder = await this.#options.files.folder();
    try {
      const bytes = await spooled(await this.#download(instance, chunk), folder.next());
      await this.#takeAll(instance, chunk, historySteps(bytes, { done, newest }));
    } finally {
      await folder.remove();
    }
  }

  #download(instance: InstanceRow, { notification }: HistoryChunk): Promise<AsyncIterable<Uint8Array>> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)]);
    return download(chunkFile(notification), this.#options.networkOf(instance), signal);
  }

  async #takeAll(
    instance: InstanceRow,
    chunk: HistoryChunk,
    steps: AsyncIterable<HistoryStep>,
  ): Promise<void> {
    const unreadLeft: UnreadLeft = new WeakMap();
    let batch: HistoryStep[] = [];
    for await (const step of steps) {
      batch.push(step);
      if (batch.length < STEPS_AT_ONCE) continue;
      if (!(await this.#take(instance, chunk, batch, unreadLeft))) return;
      batch = [];
      await this.#pause();
      if (this.#stop.signal.aborted) return;
    }
    if (batch.length > 0) await this.#take(instance, chunk, batch, unreadLeft);
  }

  /** One transaction; false when the instance is gone, or the chunk is. */
  async #take(
    instance: InstanceRow,
    chunk: HistoryChunk,
    batch: HistoryStep[],
    unreadLeft: UnreadLeft,
  ): Promise<boolean> {
    const { outbox, clock, settingsOf } = this.#options;
    const now = clock.now();
    const days = instance.history_days ?? 0;
    const rules = { ...settingsOf(instance), since: days === 0 ? 0 : now - days * DAY_MS };
    await this.#teach(instance.id, batch);
    const last = batch.at(-1)?.part ?? 0;
    return outbox.transaction(instance.id, async (trx, emit) => {
      const current = await instanceOf(trx, instance.id);
      const self = current && selfOf(current);
      // The last part may go on in the next batch.
      const done = Math.max(chunk.done, last - 1);
      if (!self || !(await this.#chunks.progress(trx, instance.id, chunk.id, done))) return false;
      const mailbox = new Mailbox({ trx, emit, instanceId: instance.id, self, now });
      const history = new HistoryBatch(mailbox, rules, unreadLeft);
      for (const step of batch) await history.take(step);
      return true;
    });
  }

  /** A session that is not there finds out by itself, one by one, when it needs to know. */
  async #teach(instanceId: string, batch: HistoryStep[]): Promise<void> {
    const pairs = batch.flatMap(pairsIn);
    const tokens = batch.flatMap(tokensIn);
    if (pairs.length + tokens.length === 0) return;
    try {
      const identities = this.#options.identitiesOf(instanceId);
      if (pairs.length > 0) await identities.learn(pairs);
      if (tokens.length > 0) await identities.trust(tokens);
    } catch (error) {
      this.#options.log.debug({ instance: instanceId, err: error }, 'could not tell the session who is who');
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(PAUSE_MS, resolve);
    });
  }
}

function instanceOf(db: Queries, id: string): Promise<InstanceRow | undefined> {
  return db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Errors of `zlib` have such codes: the bytes are what the phone has sent, and are nothing. */
const NOT_PACKED = /^(Z_|ERR_ZLIB)/;

function isFinal(error: unknown): boolean {
  if (error instanceof Malformed || error instanceof FileDamaged) return true;
  if (error instanceof DownloadFailed) return error.reason !== 'unreachable';
  return NOT_PACKED.test(String((error as { code?: unknown }).code ?? ''));
}
