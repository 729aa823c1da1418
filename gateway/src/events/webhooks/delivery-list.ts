import { timestamp } from '../../clock.ts';
import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { DeliveryRow } from '../../storage/schema.ts';
import type { EventName } from '../catalog.ts';
import { DELIVERY_STATUSES } from './deliveries.ts';
import { MAX_ATTEMPTS } from './retry-schedule.ts';

export interface DeliveryListQuery {
  /** Every status when left out. */
  status?: DeliveryRow['status'] | undefined;
  /** Every webhook when left out. */
  label?: string | undefined;
  /** Every event when left out. */
  event?: EventName | undefined;
  limit: number;
  /** The last id of the page before. */
  cursor?: string | undefined;
}

const CURSOR = /^dlv_[0-9A-Z]{26}$/;

/** A page of an instance's deliveries as the contract lists them, newest first. */
export async function listDeliveries(db: Queries, instanceId: string, query: DeliveryListQuery) {
  const { status, limit, cursor } = query;
  if (cursor && !CURSOR.test(cursor)) throw failure('field_invalid', { text: 'Invalid cursor' });
  const found: Awaited<ReturnType<typeof newest>> = [];
  // Status by status: the index starts with it, so a page of few dead ones among millions is still a short walk.
  for (const one of status ? [status] : DELIVERY_STATUSES) {
    found.push(...(await newest(db, instanceId, one, query)));
  }
  found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const page = found.slice(0, limit);
  return {
    deliveries: page.map((row) => ({
      id: row.id,
      eventId: row.event_id,
      event: row.event_kind,
      label: row.label,
      status: row.status,
      attempts: row.attempts,
      maxAttempts: MAX_ATTEMPTS,
      httpStatus: row.http_status,
      error: row.error,
      replayed: row.replayed === 1,
      createdAt: timestamp(row.created_at),
      lastAttemptAt: row.last_attempt_at === null ? null : timestamp(row.last_attempt_at),
      nextAttemptAt: row.next_attempt_at === null ? null : timestamp(row.next_attempt_at),
    })),
    nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** One more than the limit, which shows whether there is another page. */
function newest(
  db: Queries,
  instanceId: string,
  status: DeliveryRow['status'],
  { label, event, limit, cursor }: DeliveryListQuery,
) {
  let rows = db
    .selectFrom('deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'deliveries.webhook_id')
    .select([
      'deliveries.id',
      'event_id',
      'event_kind',
      'label',
      'status',
      'attempts',
      'http_status',
      'error',
    ])
    .select(['replayed', 'deliveries.created_at', 'last_attempt_at', 'next_attempt_at'])
    .where('deliveries.instance_id', '=', instanceId)
    .where('status', '=', status)
    .orderBy('deliveries.id', 'desc')
    .limit(limit + 1);
  if (label) rows = rows.where('label', '=', label);
  if (event) rows = rows.where('event_kind', '=', event);
  if (cursor) rows = rows.where('deliveries.id', '<', cursor);
  return rows.execute();
}
