import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { delay } from '../../async/delay.ts';
import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import { HistoryBatch, type UnreadLeft } from '../../mailbox/history-batch.ts';
import { Mailbox } from '../../mailbox/mailbox.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { TempFiles } from '../../storage/temp-files.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type HistoryStep, historySteps } from '../../whatsapp/history/chunk.ts';
import { pairsIn, tokensIn } from '../../whatsapp/history/people.ts';
import { spooled, unpacked } from '../../whatsapp/history/spool.ts';
import { download } from '../../whatsapp/media/download.ts';
import type { IdentityOperations } from '../../whatsapp/ports/identities.ts';
import { selfOf } from '../self.ts';
import type { HistoryChunk, HistoryChunks } from './history-chunks.ts';

/** Steps of one transaction: a live message waits for one of them at most. */
const STEPS_AT_ONCE = 100;
/** Between two transactions, in which live messages go first. */
const PAUSE_MS = 10;
const DOWNLOAD_DEADLINE_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

export interface ImportDeps {
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  files: TempFiles;
  chunks: HistoryChunks;
  settingsOf(instance: Pick<InstanceRow, 'settings'>): {
    disableHistorySync: boolean;
    ignoreGroupMessages: boolean;
    ignoreStatus: boolean;
  };
  /** The way to WhatsApp's media hosts for an instance. */
  networkOf(instance: InstanceRow): Dispatcher;
  /** What teaches the open session of an instance who is who; throws when there is none. */
  identitiesOf(instanceId: string): IdentityOperations;
}

/** Puts one chunk of history into the mailbox, from the first part that is not there yet. */
export class ChunkImport {
  readonly #deps: ImportDeps;
  readonly #instance: InstanceRow;
  readonly #chunk: HistoryChunk;
  readonly #signal: AbortSignal;

  constructor(deps: ImportDeps, instance: InstanceRow, chunk: HistoryChunk, signal: AbortSignal) {
    this.#deps = deps;
    this.#instance = instance;
    this.#chunk = chunk;
    this.#signal = signal;
  }

  /** Ends early, and may reject, when the signal aborts. Rejects when the chunk cannot be had or read. */
  async run(): Promise<void> {
    const { inline } = this.#chunk.source;
    if (inline) return this.#takeAll(unpacked(Readable.from([Buffer.from(inline)])));
    const folder = await this.#deps.files.folder();
    try {
      await this.#takeAll(await spooled(await this.#download(), folder.next()));
    } finally {
      await folder.remove();
    }
  }

  #download(): Promise<AsyncIterable<Uint8Array>> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)]);
    return download(this.#chunk.source.file, this.#deps.networkOf(this.#instance), signal);
  }

  async #takeAll(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { source, done } = this.#chunk;
    const unreadLeft: UnreadLeft = new WeakMap();
    let batch: HistoryStep[] = [];
    for await (const step of historySteps(bytes, { done, newest: source.newest })) {
      batch.push(step);
      if (batch.length < STEPS_AT_ONCE) continue;
      if (!(await this.#take(batch, unreadLeft))) return;
      batch = [];
      await delay(this.#deps.clock, PAUSE_MS, this.#signal);
      if (this.#signal.aborted) return;
    }
    if (batch.length > 0) await this.#take(batch, unreadLeft);
  }

  /** One transaction; false when the instance is gone, or the chunk is. */
  async #take(batch: HistoryStep[], unreadLeft: UnreadLeft): Promise<boolean> {
    const { outbox, clock, settingsOf, chunks } = this.#deps;
    const { id: instanceId, history_days } = this.#instance;
    const now = clock.now();
    const days = history_days ?? 0;
    const rules = { ...settingsOf(this.#instance), since: days === 0 ? 0 : now - days * DAY_MS };
    await this.#teach(batch);
    const last = batch.at(-1)?.part ?? 0;
    return outbox.transaction(instanceId, async (trx, emit) => {
      const current = await instanceOf(trx, instanceId);
      const self = current && selfOf(current);
      // The last part may go on in the next batch.
      const done = Math.max(this.#chunk.done, last - 1);
      if (!self || !(await chunks.progress(trx, instanceId, this.#chunk.id, done))) return false;
      const mailbox = new Mailbox({ trx, emit, instanceId, self, now });
      const history = new HistoryBatch(mailbox, rules, unreadLeft);
      for (const step of batch) await history.take(step);
      return true;
    });
  }

  /** A session that is not there finds out by itself, one by one, when it needs to know. */
  async #teach(batch: HistoryStep[]): Promise<void> {
    const pairs = batch.flatMap(pairsIn);
    const tokens = batch.flatMap(tokensIn);
    if (pairs.length + tokens.length === 0) return;
    const { identitiesOf, log } = this.#deps;
    try {
      const identities = identitiesOf(this.#instance.id);
      if (pairs.length > 0) await identities.learn(pairs);
      if (tokens.length > 0) await identities.trust(tokens);
    } catch (error) {
      log.debug({ instance: this.#instance.id, err: error }, 'could not teach the session who is who');
    }
  }
}

export function instanceOf(db: Queries, id: string): Promise<InstanceRow | undefined> {
  return db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
}
