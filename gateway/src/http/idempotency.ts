import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import { BATCH_ROWS } from '../storage/retention.ts';
import type { Logger } from '../telemetry/log.ts';
import { errorAnswer, isExpected } from './errors.ts';

export const KEPT_MS = 24 * 60 * 60_000;
const KEY = /^[\x20-\x7e]{1,255}$/;

export interface KeptAnswer {
  status: number;
  body: object;
}

/** The first answer under a key, or the same again. */
export type OneAnswer = KeptAnswer & ({ replayed: false } | { replayed: true; messageId: string | null });

/** Everything that makes two requests the same one. */
export interface Attempt {
  principal: string;
  key: string;
  method: string;
  path: string;
  /** SHA-256 of the body. */
  digest: Buffer;
  /** Id of the message that the work sends, as soon as it has one. */
  messageId(): string | null;
}

/**
 * Runs a request at most once under its `Idempotency-Key`.
 *
 * The row is written before the work starts: a process that dies in between leaves it `running`, and from then on
 * it is unknown whether the message left, so it is never sent again under this key.
 */
export class Idempotency {
  readonly #db: Queries;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #owner: string;
  /** Rows that this process works on; a `running` row of ours that is not here has lost its outcome. */
  readonly #running = new Set<string>();

  /** `owner`: this run of the process, never used again. */
  constructor(options: { db: Queries; clock: Clock; log: Logger; owner: string }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#owner = options.owner;
  }

  async once(attempt: Attempt, work: () => Promise<KeptAnswer>): Promise<OneAnswer> {
    if (!KEY.test(attempt.key)) throw failure('idempotency_key_invalid');
    const fingerprint = createHash('sha256')
      .update(`${attempt.method}\n${attempt.path}\n`)
      .update(attempt.digest)
      .digest('base64url');
    const kept = await this.#begin(attempt, fingerprint);
    if (kept) return { ...kept, replayed: true };
    const name = nameOf(attempt);
    try {
      const answer = await work();
      await this.#keep(attempt, answer);
      return { ...answer, replayed: false };
    } catch (error) {
      await this.#afterFailure(attempt, error);
      throw error;
    } finally {
      this.#running.delete(name);
    }
  }

  /** Forgets a batch of what is older than a day; resolves with its size. */
  async sweep(): Promise<number> {
    const before = this.#clock.now() - KEPT_MS;
    const old = this.#db
      .selectFrom('idempotency_keys')
      .select(['principal', 'key'])
      .where('created_at', '<=', before)
      .orderBy('created_at')
      .limit(BATCH_ROWS);
    const deleted = await this.#db
      .deleteFrom('idempotency_keys')
      .where((e) => e(e.refTuple('principal', 'key'), 'in', old.$asTuple('principal', 'key')))
      .where('created_at', '<=', before)
      .executeTakeFirst();
    return Number(deleted.numDeletedRows);
  }

  /** Claims the key; the kept answer when it was used before. */
  async #begin(
    attempt: Attempt,
    fingerprint: string,
  ): Promise<(KeptAnswer & { messageId: string | null }) | null> {
    const now = this.#clock.now();
    const name = nameOf(attempt);
    await this.#row(attempt)
      .where('created_at', '<=', now - KEPT_MS)
      .execute();
    const inserted = await this.#db
      .insertInto('idempotency_keys')
      .values({
        principal: attempt.principal,
        key: attempt.key,
        fingerprint,
        state: 'running',
        owner: this.#owner,
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['principal', 'key']).doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 1n) {
      this.#running.add(name);
      return null;
    }
    const row = await this.#db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('principal', '=', attempt.principal)
      .where('key', '=', attempt.key)
      .executeTakeFirst();
    // The first request ended without an answer to keep between our two queries.
    if (!row) throw failure('idempotency_key_running');
    if (row.fingerprint !== fingerprint) throw failure('idempotency_key_reused');
    if (row.state === 'done' && row.status !== null && row.body !== null) {
      return { status: row.status, body: JSON.parse(row.body), messageId: row.message_id };
    }
    throw row.owner === this.#owner && this.#running.has(name)
      ? failure('idempotency_key_running')
      : failure('idempotency_outcome_unknown');
  }

  async #keep(attempt: Attempt, { status, body }: KeptAnswer): Promise<void> {
    try {
      await this.#db
        .updateTable('idempotency_keys')
        .set({ state: 'done', status, body: JSON.stringify(body), message_id: attempt.messageId() })
        .where('principal', '=', attempt.principal)
        .where('key', '=', attempt.key)
        .execute();
    } catch (error) {
      // The work is done and its answer goes out; only a repetition is answered that the outcome is unknown.
      this.#log.error({ err: error }, 'could not keep the answer of an idempotent request');
    }
  }

  /** A failure of the send is kept like a success; one from before it leaves the key free to be tried again. */
  async #afterFailure(attempt: Attempt, error: unknown): Promise<void> {
    if (!isExpected(error)) return;
    const { status, body } = errorAnswer(error);
    if (error.code === 'storage_unavailable') return;
    if (status >= 500 && status !== 503) return this.#keep(attempt, { status, body });
    await this.#row(attempt).where('owner', '=', this.#owner).execute();
  }

  #row({ principal, key }: Attempt) {
    return this.#db.deleteFrom('idempotency_keys').where('principal', '=', principal).where('key', '=', key);
  }
}

function nameOf({ principal, key }: Attempt): string {
  return `${principal} ${key}`;
}
