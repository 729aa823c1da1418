import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Storage } from '../../storage/database.ts';
import { statement } from '../../storage/prepared.ts';
import type { DatabaseTransaction } from '../../storage/queries.ts';
import { deadLetterPending } from './deliveries.ts';
import { planRuns } from './lanes.ts';
import { LARGE_BODY_BYTES } from './large-bodies.ts';
import { type Settlement, Settlements } from './settlements.ts';
import type { Verdict } from './verdict.ts';
import type { Attempt } from './webhook-request.ts';

/** Deliveries to be sent one after another. They are ours until `until`, and only with this claim. */
export interface Run {
  claimId: string;
  until: number;
  deliveryIds: string[];
}

export interface Claimed {
  webhookId: string;
  runs: Run[];
  /** Something had to be left behind: it can go when one of the runs has ended. */
  more: boolean;
}

/**
 * How long a claim holds. It is not renewed: an attempt starts only while the claim outlives its deadline, and a
 * courier that died blocks its lanes no longer than this.
 */
export const CLAIM_MS = 60_000;

/** First attempts (and replays) that are looked at: beyond them a webhook's events wait for those in front, whatever their lane. */
const WINDOW = 256;
const RETRY_WINDOW = 32;
const POLL_LIMIT = 1_000;

// Written into the SQL, because SQLite uses a partial index only when it can see the condition.
const PENDING = sql.lit('pending' as const);
const NONE = sql.lit(0);
const REPLAYED = sql.lit(1);
/** null when it is large: then it is a query of its own. */
const SMALL_BODY =
  sql<Uint8Array | null>`case when length(body_sealed) <= ${sql.lit(LARGE_BODY_BYTES)} then body_sealed end`.as(
    'small_body',
  );

/** The durable queue of webhook deliveries. Times are Unix milliseconds. */
export class DeliveryQueue {
  readonly #storage: Storage;
  readonly #settlements: Settlements;
  readonly #statements: ReturnType<typeof statements>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#settlements = new Settlements(storage);
    this.#statements = statements(storage);
  }

  /** Webhooks that have something to send. Deliveries of a suspended account wait. */
  async dueWebhooks(now: number): Promise<string[]> {
    const rows = await this.#storage.db
      .selectFrom('webhooks')
      .innerJoin('instances', 'instances.id', 'webhooks.instance_id')
      .innerJoin('accounts', 'accounts.id', 'instances.account_id')
      .select('webhooks.id')
      .where('accounts.suspended', '=', 0)
      .where((e) => {
        const pending = e
          .selectFrom('deliveries')
          .select('deliveries.id')
          .whereRef('deliveries.webhook_id', '=', 'webhooks.id')
          .where('deliveries.status', '=', PENDING);
        const unclaimed = pending.where((f) =>
          f.or([f('claimed_until', 'is', null), f('claimed_until', '<=', now)]),
        );
        const first = unclaimed
          .where('attempts', '=', NONE)
          .where('replayed', '=', NONE)
          .where((f) => f.or([f('waits_until', 'is', null), f('waits_until', '<=', now)]));
        const replay = unclaimed.where('attempts', '=', NONE).where('replayed', '=', REPLAYED);
        const retry = pending.where('attempts', '>', NONE).where('next_attempt_at', '<=', now);
        return e.or([e.exists(first), e.exists(retry), e.exists(replay)]);
      })
      .limit(POLL_LIMIT)
      .execute();
    return rows.map((row) => row.id);
  }

  /**
   * Gives back every claim. Only for the one process that serves the data, before it claims anything: whatever is
   * claimed then was claimed by a process that died, and its lanes would wait for the claims to run out.
   */
  async releaseAll(): Promise<void> {
    await this.#storage.db
      .updateTable('deliveries')
      .set({ claim_id: null, claimed_until: null })
      .where('status', '=', PENDING)
      .where('claim_id', 'is not', null)
      .execute();
  }

  /** Claims what `planRuns` chooses for each of these webhooks, in one transaction. */
  claim(webhookIds: readonly string[], now: number): Promise<Claimed[]> {
    return this.#storage.db.transaction().execute(async (trx) => {
      const claimed: Claimed[] = [];
      for (const webhookId of webhookIds) claimed.push(await this.#claimOf(trx, webhookId, now));
      return claimed;
    });
  }

  async #claimOf(trx: DatabaseTransaction, webhookId: string, now: number): Promise<Claimed> {
    const nothing = { webhookId, runs: [], more: false };
    const [webhook] = await this.#statements.lock(trx, webhookId);
    if (!webhook || webhook.suspended === 1) return nothing;
    if (webhook.enabled === 0) {
      await deadLetterPending(trx, webhookId, now); // appended by a transaction that still saw it enabled
      return nothing;
    }
    const { runs, more } = await this.#plan(trx, webhookId, now);
    const claimId = randomUUID();
    const until = now + CLAIM_MS;
    const deliveryIds = runs.flat();
    if (deliveryIds.length > 0) {
      await trx
        .updateTable('deliveries')
        .set({ claim_id: claimId, claimed_until: until })
        .where('id', 'in', deliveryIds)
        .execute();
    }
    return { webhookId, runs: runs.map((ids) => ({ claimId, until, deliveryIds: ids })), more };
  }

  async #plan(trx: DatabaseTransaction, webhookId: string, now: number) {
    const waiting = (row: { id: string; lane: string; claimed_until: number | null }) => ({
      id: row.id,
      lane: row.lane,
      busy: row.claimed_until !== null && row.claimed_until > now,
    });
    const first = (await this.#statements.first(trx, webhookId, now)).map(waiting);
    const replays = (await this.#statements.replays(trx, webhookId)).map(waiting);
    const retries = (await this.#statements.retries(trx, webhookId, now)).map(waiting);
    const runs = planRuns({ first, retries, replays });
    const free = [...first, ...retries, ...replays].filter(({ busy }) => !busy).length;
    const windowsFull =
      first.length === WINDOW || replays.length === WINDOW || retries.length === RETRY_WINDOW;
    return { runs, more: windowsFull || free > runs.flat().length };
  }

  /**
   * All that the next attempt needs, as it is now; null when the claim is lost or the delivery must not be sent. A
   * large body is read once `room` has made some for it.
   */
  async attempt(
    deliveryId: string,
    claimId: string,
    room: () => Promise<void> = async () => {},
  ): Promise<Attempt | null> {
    const [row] = await this.#statements.attempt(this.#storage.db, deliveryId, claimId);
    if (!row) return null;
    const { event_id: eventId, event_kind: eventKind, attempts, small_body, ...webhook } = row;
    const bodySealed = small_body ?? (await this.#largeBody(deliveryId, claimId, room));
    return bodySealed && { deliveryId, eventId, eventKind, number: attempts + 1, bodySealed, webhook };
  }

  async #largeBody(
    deliveryId: string,
    claimId: string,
    room: () => Promise<void>,
  ): Promise<Uint8Array | null> {
    await room();
    const [row] = await this.#statements.body(this.#storage.db, deliveryId, claimId);
    return row?.body_sealed ?? null;
  }

  /** Writes how an attempt ended, unless the claim was lost meanwhile: then its new owner decides. */
  settle(attempt: Attempt, claimId: string, verdict: Verdict, now: number): Promise<boolean> {
    return this.#settlements.add(settlementOf(attempt, claimId, verdict, now));
  }

  /**
   * The receiver answered 410: the webhook is disabled and everything it still had to get is dead. false when the
   * webhook has another URL by now or is disabled already: then the answer was not about it.
   */
  gone(attempt: Attempt, claimId: string, verdict: Verdict, now: number): Promise<boolean> {
    const { webhook } = attempt;
    return this.#storage.db.transaction().execute(async (trx) => {
      const disabled = await trx
        .updateTable('webhooks')
        .set({ enabled: 0, disabled_reason: 'gone', updated_at: now })
        .where('id', '=', webhook.id)
        .where('enabled', '=', 1)
        .where('url', '=', webhook.url)
        .executeTakeFirst();
      if (disabled.numUpdatedRows === 0n) return false;
      await this.#settlements.write(trx, settlementOf(attempt, claimId, verdict, now));
      await deadLetterPending(trx, webhook.id, now);
      return true;
    });
  }

  /** Gives back what was claimed and not attempted. */
  async release(deliveryIds: string[], claimId: string): Promise<void> {
    await this.#storage.db
      .updateTable('deliveries')
      .set({ claim_id: null, claimed_until: null })
      .where('id', 'in', deliveryIds)
      .where('claim_id', '=', claimId)
      .execute();
  }
}

/** What runs for every event is compiled once. */
function statements({ db, dialect }: Storage) {
  const pending = db
    .selectFrom('deliveries')
    .select(['id', 'lane', 'claimed_until'])
    .where('status', '=', PENDING);
  const fresh = pending.where('attempts', '=', NONE).orderBy('event_id').limit(sql.lit(WINDOW));
  return {
    /**
     * One courier at a time plans for a webhook, or two would fill the same lane. The other one goes on to the next
     * webhook instead of waiting. SQLite runs one transaction at a time anyway.
     */
    lock: statement((webhookId: string) => {
      const query = db
        .selectFrom('webhooks')
        .select((e) => [
          'enabled',
          e
            .selectFrom('instances')
            .innerJoin('accounts', 'accounts.id', 'instances.account_id')
            .select('accounts.suspended')
            .whereRef('instances.id', '=', 'webhooks.instance_id')
            .as('suspended'),
        ])
        .where('id', '=', webhookId);
      return dialect === 'postgres' ? query.forNoKeyUpdate().skipLocked() : query;
    }),
    /**
     * Without what waits for a file, and what comes after that in its lane: these are not there yet. Mostly nothing
     * waits, which is asked once for all rows.
     */
    first: statement((webhookId: string, now: number) =>
      fresh
        .where('replayed', '=', NONE)
        .where('webhook_id', '=', webhookId)
        .where(({ or, not, exists, selectFrom }) => {
          const waiting = selectFrom('deliveries as waiting')
            .select('waiting.id')
            .where('waiting.webhook_id', '=', webhookId)
            .where('waiting.status', '=', PENDING)
            .where('waiting.attempts', '=', NONE)
            .where('waiting.waits_until', 'is not', null)
            .where('waiting.waits_until', '>', now);
          const inFront = waiting
            .whereRef('waiting.lane', '=', 'deliveries.lane')
            .whereRef('waiting.event_id', '<=', 'deliveries.event_id');
          return or([not(exists(waiting)), not(exists(inFront))]);
        }),
    ),
    replays: statement((webhookId: string) =>
      fresh.where('replayed', '=', REPLAYED).where('webhook_id', '=', webhookId),
    ),
    retries: statement((webhookId: string, now: number) =>
      pending
        .where('attempts', '>', NONE)
        .where('webhook_id', '=', webhookId)
        .where('next_attempt_at', '<=', now)
        .orderBy('next_attempt_at')
        .limit(sql.lit(RETRY_WINDOW)),
    ),
    body: statement((deliveryId: string, claimId: string) =>
      db
        .selectFrom('deliveries')
        .select('body_sealed')
        .where('id', '=', deliveryId)
        .where('claim_id', '=', claimId),
    ),
    attempt: statement((deliveryId: string, claimId: string) =>
      db
        .selectFrom('deliveries')
        .innerJoin('webhooks', 'webhooks.id', 'deliveries.webhook_id')
        .innerJoin('instances', 'instances.id', 'webhooks.instance_id')
        .innerJoin('accounts', 'accounts.id', 'instances.account_id')
        .select(['deliveries.event_id', 'deliveries.event_kind', 'deliveries.attempts'])
        .select(SMALL_BODY)
        .select(['webhooks.id', 'webhooks.instance_id', 'webhooks.url', 'webhooks.by_events'])
        .select([
          'authorization_sealed',
          'secret_sealed',
          'previous_secret_sealed',
          'previous_secret_expires_at',
        ])
        .where('deliveries.id', '=', deliveryId)
        .where('deliveries.claim_id', '=', claimId)
        .where('webhooks.enabled', '=', 1)
        .where('accounts.suspended', '=', 0),
    ),
  };
}

function settlementOf(
  { deliveryId, number }: Attempt,
  claimId: string,
  verdict: Verdict,
  now: number,
): Settlement {
  return { deliveryId, attempt: number, claimId, verdict, at: now };
}
