import { randomUUID } from 'node:crypto';
import type { Storage } from '../../storage/database.ts';
import type { DatabaseTransaction } from '../../storage/queries.ts';
import { deadLetterPending } from './deliveries.ts';
import {
  attemptOf,
  dueFirst,
  dueReplays,
  dueRetries,
  largeBody,
  lockWebhook,
  NONE,
  PENDING,
  REPLAYED,
  RETRY_WINDOW,
  WINDOW,
} from './delivery-queries.ts';
import { planRuns } from './lanes.ts';
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

const POLL_LIMIT = 1_000;

/** The durable queue of webhook deliveries. Times are Unix milliseconds. */
export class DeliveryQueue {
  readonly #storage: Storage;
  readonly #settlements: Settlements;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#settlements = new Settlements(storage);
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
   * Gives back every claim. Only for the one process that serves the data, before it claims anything: every
   * claim is then of a process that died, and its lanes would wait for the claims to run out.
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
    const lock = lockWebhook[this.#storage.dialect];
    const [webhook] = (await lock(trx, { webhookId })).rows;
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
    const first = (await dueFirst(trx, { webhookId, now })).rows.map(waiting);
    const replays = (await dueReplays(trx, { webhookId })).rows.map(waiting);
    const retries = (await dueRetries(trx, { webhookId, now })).rows.map(waiting);
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
    const [row] = (await attemptOf(this.#storage.db, { deliveryId, claimId })).rows;
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
    const [row] = (await largeBody(this.#storage.db, { deliveryId, claimId })).rows;
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

function settlementOf(
  { deliveryId, number }: Attempt,
  claimId: string,
  verdict: Verdict,
  now: number,
): Settlement {
  return { deliveryId, attempt: number, claimId, verdict, at: now };
}
