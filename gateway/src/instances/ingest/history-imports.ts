import { type Claimed, DurableWorker, type Wanted } from '../../async/durable-worker.ts';
import type { DatabaseTransaction, Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { Malformed } from '../../whatsapp/history/fields.ts';
import { FileDamaged } from '../../whatsapp/media/decrypt.ts';
import { DownloadFailed } from '../../whatsapp/media/download.ts';
import { type HistoryChunk, HistoryChunks } from './history-chunks.ts';
import { ChunkImport, type ImportDeps, instanceOf } from './import-chunk.ts';

const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
const ATTEMPTS = 20;

/** Finds chunks whose wake-up met a database in trouble. */
const POLL_MS = 10_000;

/** One chunk at a time over all instances: memory stays what it is, and live messages go first. */
const LIMITS = { total: 1, perKey: 1 };

export interface HistoryImportOptions extends Omit<ImportDeps, 'chunks'> {
  db: Queries;
}

/**
 * Puts announced history into the mailbox, beside everything else, in small transactions with pauses. Chunks have no
 * claim in the database: only one process serves an instance, and in it only this worker takes its chunks.
 */
export class HistoryImports {
  readonly #options: HistoryImportOptions;
  readonly #chunks: HistoryChunks;
  readonly #worker: DurableWorker<HistoryChunk>;
  /** Instances with a session since the start, whose chunks are not all taken: the poll leaves the others alone. */
  readonly #served = new Set<string>();
  /** Instances whose first chunk failed and waits for its next attempt, with what cancels the timer. */
  readonly #backingOff = new Map<string, () => void>();
  readonly #stopped = new AbortController();

  constructor(options: HistoryImportOptions) {
    this.#options = options;
    this.#chunks = new HistoryChunks(options.db);
    this.#worker = new DurableWorker({
      queue: {
        due: () => this.#due(),
        claim: (wanted) => this.#claim(wanted),
        run: (chunk, instanceId) => this.#run(chunk, instanceId),
        release: async () => {},
      },
      clock: options.clock,
      log: options.log,
      what: 'chunks of history',
      pollMs: POLL_MS,
      limits: LIMITS,
      claims: { concurrent: 1, keys: 1 },
    });
  }

  /**
   * Stores what the phone has announced, within the transaction that takes the announcement out of the journal; false
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

  start(): void {
    this.#worker.start();
  }

  /** An instance has a session and may have chunks. A chunk that waits for its next attempt is tried at once. */
  wake(instanceId: string): void {
    this.#backingOff.get(instanceId)?.();
    this.#backingOff.delete(instanceId);
    this.#served.add(instanceId);
    this.#worker.wake([instanceId]);
  }

  /** Resolves when nothing is being imported any more; the rest goes on with the next start. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#worker.stop();
    for (const cancel of this.#backingOff.values()) cancel();
    this.#backingOff.clear();
  }

  async #due(): Promise<string[]> {
    const instanceIds = await this.#chunks.instances();
    return instanceIds.filter((id) => this.#served.has(id) && !this.#backingOff.has(id));
  }

  async #claim(wanted: readonly Wanted[]): Promise<Claimed<HistoryChunk>[]> {
    const claimed: Claimed<HistoryChunk>[] = [];
    for (const { key } of wanted) {
      const chunk = this.#backingOff.has(key) ? null : await this.#chunks.first(key);
      claimed.push({ key, jobs: chunk ? [chunk] : [], more: chunk !== null });
    }
    return claimed;
  }

  async #run(chunk: HistoryChunk, instanceId: string): Promise<boolean> {
    const { signal } = this.#stopped;
    try {
      const instance = await instanceOf(this.#options.db, instanceId);
      if (!instance) return true;
      const deps = { ...this.#options, chunks: this.#chunks };
      await new ChunkImport(deps, instance, chunk, signal).run();
      if (!signal.aborted) await this.#chunks.drop(instanceId, chunk.id);
    } catch (error) {
      if (!signal.aborted) await this.#failed(instanceId, chunk, error);
    }
    return true;
  }

  /** A chunk that will never be readable is dropped; any other is tried again later. */
  async #failed(instanceId: string, chunk: HistoryChunk, error: unknown): Promise<void> {
    const { clock, log } = this.#options;
    const attempts = chunk.attempts + 1;
    const line = { instance: instanceId, chunk: chunk.id, err: error };
    if (isFinal(error) || attempts >= ATTEMPTS) {
      log.error(line, 'a chunk of history is given up');
      return this.#chunks.drop(instanceId, chunk.id);
    }
    log.warn(line, 'could not import a chunk of history');
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    const cancel = clock.after(wait, () => this.wake(instanceId));
    this.#backingOff.set(instanceId, cancel);
    await this.#chunks.failed(instanceId, chunk.id);
  }
}

/** Errors of `zlib` have such codes: the bytes are what the phone has sent, and are nothing. */
const NOT_PACKED = /^(Z_|ERR_ZLIB)/;

function isFinal(error: unknown): boolean {
  if (error instanceof Malformed || error instanceof FileDamaged) return true;
  if (error instanceof DownloadFailed) return error.reason !== 'unreachable';
  return NOT_PACKED.test(String((error as { code?: unknown }).code ?? ''));
}
