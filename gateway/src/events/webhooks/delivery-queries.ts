import { sql } from 'kysely';
import { query } from '../../storage/prepared.ts';
import type { Queries } from '../../storage/queries.ts';
import { LARGE_BODY_BYTES } from './large-bodies.ts';

/** First attempts, and replays, that are looked at: an event beyond them waits for those in front, even in another lane. */
export const WINDOW = 256;
export const RETRY_WINDOW = 32;

// Written into the SQL, because SQLite uses a partial index only when it can see the condition.
export const PENDING = sql.lit('pending' as const);
export const NONE = sql.lit(0);
export const REPLAYED = sql.lit(1);

/** null when the body is large: then it is a query of its own. */
const SMALL_BODY =
  sql<Uint8Array | null>`case when length(body_sealed) <= ${sql.lit(LARGE_BODY_BYTES)} then body_sealed end`.as(
    'small_body',
  );

interface OfWebhook {
  webhookId: string;
}

interface DueOfWebhook extends OfWebhook {
  now: number;
}

interface Claim {
  deliveryId: string;
  claimId: string;
}

const webhookOf = (db: Queries, { webhookId }: OfWebhook) =>
  db
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

/**
 * One courier at a time plans for a webhook: two would fill the same lane. On PostgreSQL the other one goes on to the
 * next webhook instead of waiting; SQLite runs one transaction at a time anyway.
 */
export const lockWebhook = {
  sqlite: query(webhookOf),
  postgres: query((db, values: OfWebhook) => webhookOf(db, values).forNoKeyUpdate().skipLocked()),
};

const pending = (db: Queries, webhookId: string) =>
  db
    .selectFrom('deliveries')
    .select(['id', 'lane', 'claimed_until'])
    .where('status', '=', PENDING)
    .where('webhook_id', '=', webhookId);

const withoutAttempt = (db: Queries, webhookId: string) =>
  pending(db, webhookId).where('attempts', '=', NONE).orderBy('event_id').limit(sql.lit(WINDOW));

/**
 * First attempts, without the deliveries that wait for a file and without those behind them in their lanes. Mostly no
 * delivery waits, which is asked once for all rows.
 */
export const dueFirst = query((db, { webhookId, now }: DueOfWebhook) =>
  withoutAttempt(db, webhookId)
    .where('replayed', '=', NONE)
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
);

export const dueReplays = query((db, { webhookId }: OfWebhook) =>
  withoutAttempt(db, webhookId).where('replayed', '=', REPLAYED),
);

export const dueRetries = query((db, { webhookId, now }: DueOfWebhook) =>
  pending(db, webhookId)
    .where('attempts', '>', NONE)
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(sql.lit(RETRY_WINDOW)),
);

/** What an attempt needs; nothing when the claim is lost or the delivery must not be sent. */
export const attemptOf = query((db, { deliveryId, claimId }: Claim) =>
  db
    .selectFrom('deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'deliveries.webhook_id')
    .innerJoin('instances', 'instances.id', 'webhooks.instance_id')
    .innerJoin('accounts', 'accounts.id', 'instances.account_id')
    .select(['deliveries.event_id', 'deliveries.event_kind', 'deliveries.attempts'])
    .select(SMALL_BODY)
    .select(['webhooks.id', 'webhooks.instance_id', 'webhooks.url', 'webhooks.by_events'])
    .select(['authorization_sealed', 'secret_sealed', 'previous_secret_sealed', 'previous_secret_expires_at'])
    .where('deliveries.id', '=', deliveryId)
    .where('deliveries.claim_id', '=', claimId)
    .where('webhooks.enabled', '=', 1)
    .where('accounts.suspended', '=', 0),
);

export const largeBody = query((db, { deliveryId, claimId }: Claim) =>
  db
    .selectFrom('deliveries')
    .select('body_sealed')
    .where('id', '=', deliveryId)
    .where('claim_id', '=', claimId),
);
