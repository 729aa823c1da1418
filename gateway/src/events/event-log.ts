import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { EventName } from './catalog.ts';

export interface EventLogQuery {
  /** An event id: the page starts after it. `latest`: no events, only the position. Left out: the oldest event kept. */
  cursor?: string | undefined;
  limit: number;
  /** Every kind when empty. */
  kinds: EventName[];
}

const EVENT_ID = /^evt_[0-9A-Z]{26}$/;
const LATEST = 'latest';

/**
 * A page of an instance's event log as the contract shows it, oldest first. `events.data` is what all channels have
 * in common, so it never holds the base64 that some of them add.
 */
export async function readEventLog(
  db: Queries,
  instance: Pick<InstanceRow, 'id' | 'name'>,
  baseUrl: string,
  { cursor, limit, kinds }: EventLogQuery,
) {
  if (cursor === LATEST) {
    const nextCursor = (await newestEvent(db, instance.id)) ?? (await forgottenTo(db, instance.id));
    return { events: [], nextCursor, hasMore: false };
  }
  if (cursor) await checkCursor(db, instance.id, cursor);
  let query = db
    .selectFrom('events')
    .select(['id', 'kind', 'data'])
    .where('instance_id', '=', instance.id)
    .orderBy('id')
    .limit(limit + 1);
  if (cursor) query = query.where('id', '>', cursor);
  if (kinds.length > 0) query = query.where('kind', 'in', kinds);
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const instanceData = { baseUrl, instance: instance.name };
  return {
    events: page.map(({ id, kind, data }) => ({
      event: kind,
      eventId: id,
      data: JSON.parse(data) as object,
      instanceData,
    })),
    nextCursor: page.at(-1)?.id ?? cursor ?? null,
    hasMore: rows.length > limit,
  };
}

/**
 * Refuses what is no position in this log. The event itself may be gone: as long as nothing after it is, its reader
 * has missed nothing.
 */
async function checkCursor(db: Queries, instanceId: string, cursor: string): Promise<void> {
  if (!EVENT_ID.test(cursor)) throw failure('field_invalid', { text: 'Invalid cursor' });
  const forgotten = await forgottenTo(db, instanceId);
  if (forgotten !== null && cursor < forgotten) {
    throw failure('field_invalid', { text: 'Cursor is older than the event log' });
  }
  if (cursor === forgotten) return;
  const event = db.selectFrom('events').select('id').where('id', '=', cursor);
  if (!(await event.where('instance_id', '=', instanceId).executeTakeFirst())) {
    throw failure('field_invalid', { text: 'Invalid cursor' });
  }
}

async function forgottenTo(db: Queries, instanceId: string): Promise<string | null> {
  const row = await db
    .selectFrom('instances')
    .select('events_forgotten_to')
    .where('id', '=', instanceId)
    .executeTakeFirst();
  return row?.events_forgotten_to ?? null;
}

async function newestEvent(db: Queries, instanceId: string): Promise<string | null> {
  const row = await db
    .selectFrom('events')
    .select('id')
    .where('instance_id', '=', instanceId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
