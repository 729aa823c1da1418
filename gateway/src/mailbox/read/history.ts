import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { MessageRow } from '../../storage/schema.ts';
import { historyItem, type Reader, readMessages } from './items.ts';

export interface HistoryWindow {
  count: number;
  /** Unix milliseconds, inclusive. */
  from?: number | undefined;
  to?: number | undefined;
  /** Id of a message of this chat: only what is older. */
  before?: string | undefined;
}

/**
 * A page of a conversation, newest first. Throws `message_unknown` when `before` is none of its messages.
 * The order (time, id) is total and of stored values, so a page is exact however many messages share a second and
 * while messages come in.
 */
export async function readHistory(db: Queries, reader: Reader, chat: string, window: HistoryWindow) {
  const rows = await pageOf(db, reader.id, chat, window);
  const page = rows.slice(0, window.count);
  const messages = (await readMessages(db, reader, page)).map(historyItem);
  return {
    count: page.length,
    hasMore: page.length === window.count,
    nextCursor: rows.length > page.length ? (page.at(-1)?.message_id ?? null) : null,
    messages,
  };
}

async function pageOf(
  db: Queries,
  instanceId: string,
  chat: string,
  { count, from, to, before }: HistoryWindow,
): Promise<MessageRow[]> {
  let query = db
    .selectFrom('messages')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('chat', '=', chat)
    .where('in_history', '=', 1)
    .orderBy('sent_at', 'desc')
    .orderBy('message_id', 'desc')
    .limit(count + 1);
  if (from !== undefined) query = query.where('sent_at', '>=', from);
  if (to !== undefined) query = query.where('sent_at', '<=', to);
  if (before !== undefined) {
    const { sent_at, message_id } = await position(db, instanceId, chat, before);
    query = query.where((e) => e(e.refTuple('sent_at', 'message_id'), '<', e.tuple(sent_at, message_id)));
  }
  return query.execute();
}

async function position(db: Queries, instanceId: string, chat: string, id: string) {
  const row = await db
    .selectFrom('messages')
    .select(['sent_at', 'message_id'])
    .where('instance_id', '=', instanceId)
    .where('message_id', '=', id)
    .where('chat', '=', chat)
    // Both sides may have used the id: from the older one on, paging always comes to an end.
    .orderBy('sent_at')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw failure('message_unknown');
  return row;
}
