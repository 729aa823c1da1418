import { sql } from 'kysely';
import { timestamp } from '../../clock.ts';
import { inParts } from '../../storage/in-parts.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ChatRow, MessageRow } from '../../storage/schema.ts';
import { userOf } from '../../whatsapp/jid.ts';
import { Labels, labelView } from '../labels.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type DisplayName, displayNamesOf } from './display-names.ts';
import { historyItem, type Reader, readMessages } from './items.ts';

export interface ChatFilter {
  archived?: boolean | undefined;
  unread?: boolean | undefined;
  type?: ChatRow['kind'] | undefined;
  labelId?: string | undefined;
  search?: string | undefined;
}

export interface ChatPage extends ChatFilter {
  limit: number;
  cursor?: string | undefined;
}

/** The last chat of a page: its place in the order (activity descending, then address). */
interface Position {
  at: number;
  jid: string;
}

const POSITION = /^(\d{1,15})\|([\w.@-]{1,160})$/;

/** How many chats are looked through at a time when a text is searched. */
const SEARCHED_AT_ONCE = 500;

/** A page of the chats of an instance, newest activity first. */
export async function listChats(
  db: Queries,
  reader: Reader,
  { limit, cursor, ...filter }: ChatPage,
  now: number,
) {
  const rows = await pageOf(db, reader.id, filter, limit + 1, cursor ? positionIn(cursor) : null);
  const page = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const last = page.at(-1);
  return {
    chats: await views(db, reader, page, now),
    nextCursor: hasMore && last ? writeCursor(`${last.activity_at}|${last.jid}`) : null,
    hasMore,
  };
}

function positionIn(cursor: string): Position {
  const [at, jid] = readCursor(cursor, POSITION);
  return { at: Number(at), jid: jid ?? '' };
}

type Listed = ChatRow & { jid: string };

async function pageOf(
  db: Queries,
  instanceId: string,
  { search, ...filter }: ChatFilter,
  wanted: number,
  after: Position | null,
): Promise<Listed[]> {
  if (!search) return select(db, instanceId, filter, wanted, after);
  const found: Listed[] = [];
  for (let from = after; found.length < wanted; ) {
    const some = await select(db, instanceId, filter, SEARCHED_AT_ONCE, from);
    const nameOf = await displayNamesOf(
      db,
      instanceId,
      some.map(({ chat }) => chat),
    );
    found.push(...some.filter(({ chat }) => matches(nameOf(chat), search)));
    const last = some.at(-1);
    if (!last || some.length < SEARCHED_AT_ONCE) break;
    from = { at: last.activity_at, jid: last.jid };
  }
  return found.slice(0, wanted);
}

/** In code, because the databases do not agree on what upper and lower case are. */
function matches({ jid, lid, title }: DisplayName, search: string): boolean {
  const text = search.toLowerCase();
  const users = [jid, lid].map((address) => address && userOf(address));
  return (title ?? '').toLowerCase().includes(text) || users.some((user) => user?.includes(text));
}

function select(
  db: Queries,
  instanceId: string,
  { archived, unread, type, labelId }: ChatFilter,
  limit: number,
  after: Position | null,
): Promise<Listed[]> {
  const jid = sql<string>`coalesce(contacts.jid, contacts.lid, chats.chat)`;
  let query = db
    .selectFrom('chats')
    .leftJoin('contacts', 'contacts.id', 'chats.chat')
    .selectAll('chats')
    .select(jid.as('jid'))
    .where('chats.instance_id', '=', instanceId)
    .where('deleted', '=', 0)
    .orderBy('activity_at', 'desc')
    .orderBy(jid)
    .limit(limit);
  if (after) {
    query = query
      .where('activity_at', '<=', after.at)
      .where((e) => e.or([e('activity_at', '<', after.at), e(jid, '>', after.jid)]));
  }
  if (archived !== undefined) query = query.where('archived', '=', archived ? 1 : 0);
  if (unread === true)
    query = query.where((e) => e.or([e('unread_count', '>', 0), e('marked_unread', '=', 1)]));
  if (unread === false) query = query.where('unread_count', '=', 0).where('marked_unread', '=', 0);
  if (type) query = query.where('kind', '=', type);
  if (labelId) {
    query = query.where((e) =>
      e.exists(
        e
          .selectFrom('label_assignments as a')
          .innerJoin('labels as l', (join) =>
            join.onRef('l.instance_id', '=', 'a.instance_id').onRef('l.label_id', '=', 'a.label_id'),
          )
          .select('a.chat')
          .whereRef('a.instance_id', '=', 'chats.instance_id')
          .whereRef('a.chat', '=', 'chats.chat')
          .where('a.label_id', '=', labelId)
          .where('a.message_id', '=', '')
          .where('l.state', '=', 'present'),
      ),
    );
  }
  return query.execute();
}

async function views(db: Queries, reader: Reader, page: Listed[], now: number) {
  const keys = page.map(({ chat }) => chat);
  const nameOf = await displayNamesOf(db, reader.id, keys);
  const labels = await new Labels(db, reader.id).ofChats(keys);
  const newest = await newestOf(db, reader, keys);
  return page.map((row) => {
    const { lid, title } = nameOf(row.chat);
    const muted = row.muted_until !== null && (row.muted_until === -1 || row.muted_until > now);
    return {
      jid: row.jid,
      lid,
      name: title,
      type: row.kind,
      unreadCount: row.unread_count,
      markedUnread: row.marked_unread === 1,
      archived: row.archived === 1,
      pinned: row.pinned_at !== null,
      pinnedAt: row.pinned_at === null ? null : timestamp(row.pinned_at),
      muted,
      mutedUntil:
        muted && row.muted_until !== null && row.muted_until > 0 ? timestamp(row.muted_until) : null,
      favorite: row.favorite === 1,
      labels: (labels.get(row.chat) ?? []).map(labelView),
      lastActivityAt: row.activity_at === 0 ? null : timestamp(row.activity_at),
      lastMessage: newest.get(row.chat) ?? null,
    };
  });
}

/** The newest item of each chat. */
async function newestOf(db: Queries, reader: Reader, chats: string[]) {
  const rows = new Map<string, MessageRow>();
  for (const part of inParts(chats)) {
    const newest = await db
      .selectFrom('chats')
      .select((e) => [
        'chats.chat',
        e
          .selectFrom('messages')
          .select('message_id')
          .whereRef('messages.instance_id', '=', 'chats.instance_id')
          .whereRef('messages.chat', '=', 'chats.chat')
          .where('in_history', '=', 1)
          .orderBy('sent_at', 'desc')
          .orderBy('message_id', 'desc')
          .limit(1)
          .as('message_id'),
      ])
      .where('chats.instance_id', '=', reader.id)
      .where('chats.chat', 'in', part)
      .execute();
    const ids = new Map(newest.map(({ chat, message_id }) => [chat, message_id]));
    const named = [...ids.values()].filter((id) => id !== null);
    if (named.length === 0) continue;
    const messages = await db
      .selectFrom('messages')
      .selectAll()
      .where('instance_id', '=', reader.id)
      .where('in_history', '=', 1)
      .where('message_id', 'in', named)
      .orderBy('sent_at')
      .execute();
    for (const row of messages) if (ids.get(row.chat) === row.message_id) rows.set(row.chat, row);
  }
  const read = await readMessages(db, reader, [...rows.values()]);
  return new Map(read.map((message) => [message.row.chat, historyItem(message)]));
}
