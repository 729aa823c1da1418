import { lowestId } from '../ids.ts';
import type { Queries } from './queries.ts';
import type { DeliveryRow } from './schema.ts';

/** Rows of one statement: few enough that a live event does not wait noticeably for them. */
export const BATCH_ROWS = 200;

const DAY_MS = 24 * 3_600_000;

/** Delivered webhooks stay listed for a week, dead ones can be replayed for a month. */
const KEPT_DELIVERIES_MS = { delivered: 7 * DAY_MS, dead: 30 * DAY_MS };

/** No event of a call comes after that. */
const CALLS_MS = DAY_MS;

/** Without a log, events stay a day: their keys are what makes the same report, come twice, one event. */
const UNLOGGED_DAYS = 1;

/** Deletes at most `BATCH_ROWS` of what is too old at `now`; resolves with how many rows it took away. */
export type Forget = (now: number) => Promise<number>;

/** Deliveries that have ended. Pending ones are never too old. */
export function forgetDeliveries(db: Queries, status: Exclude<DeliveryRow['status'], 'pending'>): Forget {
  return async (now) => {
    const old = db
      .selectFrom('deliveries')
      .select('id')
      .where('status', '=', status)
      .where('ended_at', '<', now - KEPT_DELIVERIES_MS[status])
      .orderBy('ended_at')
      .limit(BATCH_ROWS);
    const deleted = await db
      .deleteFrom('deliveries')
      .where('id', 'in', old)
      .where('status', '=', status) // a replay may have come in between
      .executeTakeFirst();
    return Number(deleted.numDeletedRows);
  };
}

/**
 * Events of the log, the oldest first. How far each instance has forgotten is written with it: by that a reader's
 * cursor is distinguished from one that has missed something.
 */
export function forgetEvents(db: Queries, days: number): Forget {
  return async (now) => {
    const before = `evt_${lowestId(now - (days || UNLOGGED_DAYS) * DAY_MS)}`;
    return db.transaction().execute(async (trx) => {
      const old = await trx
        .selectFrom('events')
        .select(['id', 'instance_id'])
        .where('id', '<', before)
        .orderBy('id')
        .limit(BATCH_ROWS)
        .execute();
      if (old.length === 0) return 0;
      const newest = new Map(old.map((event) => [event.instance_id, event.id]));
      // Instances before events, in which order the deletion of an instance locks them too.
      for (const [instanceId, id] of [...newest].sort()) {
        await trx
          .updateTable('instances')
          .set({ events_forgotten_to: id })
          .where('id', '=', instanceId)
          .execute();
      }
      const ids = old.map(({ id }) => id);
      await trx.deleteFrom('events').where('id', 'in', ids).execute();
      return old.length;
    });
  };
}

/** Messages by WhatsApp's time of them; `days` 0 keeps them for ever. */
export function forgetMessages(db: Queries, days: number): Forget {
  return async (now) => {
    if (days === 0) return 0;
    const before = now - days * DAY_MS;
    // Per instance, because the index begins with it.
    const holder = await db
      .selectFrom('instances')
      .select('instances.id')
      .where((e) =>
        e.exists(
          e
            .selectFrom('messages')
            .select('message_id')
            .whereRef('messages.instance_id', '=', 'instances.id')
            .where('sent_at', '<', before),
        ),
      )
      .limit(1)
      .executeTakeFirst();
    if (!holder) return 0;
    const old = db
      .selectFrom('messages')
      .select(['chat', 'message_id', 'from_me'])
      .where('instance_id', '=', holder.id)
      .where('sent_at', '<', before)
      .orderBy('sent_at')
      .limit(BATCH_ROWS);
    const deleted = await db
      .deleteFrom('messages')
      .where('instance_id', '=', holder.id)
      .where((e) =>
        e(e.refTuple('chat', 'message_id', 'from_me'), 'in', old.$asTuple('chat', 'message_id', 'from_me')),
      )
      .executeTakeFirst();
    return Number(deleted.numDeletedRows);
  };
}

/** What offers said of calls that are over. */
export function forgetCalls(db: Queries): Forget {
  return async (now) => {
    const old = await db
      .selectFrom('calls')
      .select(['instance_id', 'call_id'])
      .where('offered_at', '<', now - CALLS_MS)
      .orderBy('offered_at')
      .limit(BATCH_ROWS)
      .execute();
    for (const { instance_id, call_id } of old) {
      await db
        .deleteFrom('calls')
        .where('instance_id', '=', instance_id)
        .where('call_id', '=', call_id)
        .execute();
    }
    return old.length;
  };
}
