import { inParts } from '../storage/in-parts.ts';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { ChatRow, ContactRow } from '../storage/schema.ts';
import { STATUS } from '../whatsapp/jid.ts';
import { storable } from './storable.ts';

/** What the phone or a request says of a conversation; what is left out stays. */
export interface ChatSettings {
  /** Of a room. */
  name?: string;
  archived?: boolean;
  /** Unix milliseconds; null = not pinned. */
  pinnedAt?: number | null;
  /** Unix milliseconds; null = not muted, -1 = muted without end. */
  mutedUntil?: number | null;
  markedUnread?: boolean;
  favorite?: boolean;
}

/** What history says of a conversation. */
export interface ChatHistory {
  /** Of a room. */
  name: string | null;
  archived: boolean;
  pinnedAt: number | null;
  mutedUntil: number | null;
  markedUnread: boolean;
}

/** How a new message changes the list of conversations. */
interface Note {
  instanceId: string;
  chat: string;
  kind: ChatRow['kind'];
  at: number;
  unread: number;
}

/** Every stored message runs this: one statement, whether the conversation is new or known. */
const note = query((db, { instanceId, chat, kind, at, unread }: Note) =>
  db
    .insertInto('chats')
    .values({ instance_id: instanceId, chat, kind, activity_at: at, unread_count: unread })
    .onConflict((conflict) =>
      conflict.columns(['instance_id', 'chat']).doUpdateSet((e) => ({
        activity_at: e
          .case()
          .when('excluded.activity_at', '>', e.ref('chats.activity_at'))
          .then(e.ref('excluded.activity_at'))
          .else(e.ref('chats.activity_at'))
          .end(),
        unread_count: e('chats.unread_count', '+', e.ref('excluded.unread_count')),
        deleted: 0,
      })),
    ),
);

const byChat = query((db, { instanceId, chat }: { instanceId: string; chat: string }) =>
  db.selectFrom('chats').selectAll().where('instance_id', '=', instanceId).where('chat', '=', chat),
);

const IDS_PER_STATEMENT = 500;

/**
 * The conversations of one instance. Use it inside the transaction that `db` is. `chat` is always the stored key:
 * `contacts.id` of a person, else the JID of the room.
 */
export class Chats {
  readonly #db: Queries;
  readonly #instanceId: string;

  constructor(db: Queries, instanceId: string) {
    this.#db = db;
    this.#instanceId = instanceId;
  }

  async find(chat: string): Promise<ChatRow | undefined> {
    return (await byChat(this.#db, { instanceId: this.#instanceId, chat })).rows[0];
  }

  /** A message was stored: the conversation is listed, at its place. `at` in Unix milliseconds. */
  async noteMessage(chat: string, at: number, unread: boolean): Promise<void> {
    const kind = chatKind(chat);
    if (!kind) return;
    await note(this.#db, { instanceId: this.#instanceId, chat, kind, at, unread: unread ? 1 : 0 });
  }

  /** Notes what is said of a conversation; one that is not known yet becomes so, without putting it at the top. */
  async set(chat: string, settings: ChatSettings): Promise<void> {
    const kind = chatKind(chat);
    const change = columns(settings);
    if (!kind || Object.keys(change).length === 0) return;
    await this.#db
      .insertInto('chats')
      .values({ instance_id: this.#instanceId, chat, kind, ...change })
      .onConflict((conflict) => conflict.columns(['instance_id', 'chat']).doUpdateSet(change))
      .execute();
  }

  /** Notes what history says. The app state is newer: what is known from there stays. */
  async noteHistory(chat: string, history: ChatHistory): Promise<void> {
    const kind = chatKind(chat);
    if (!kind) return;
    await this.#db
      .insertInto('chats')
      .values({
        instance_id: this.#instanceId,
        chat,
        kind,
        name: history.name === null ? null : storable(history.name),
        archived: history.archived ? 1 : 0,
        pinned_at: history.pinnedAt,
        muted_until: history.mutedUntil,
        marked_unread: history.markedUnread ? 1 : 0,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['instance_id', 'chat'])
          .doUpdateSet((e) => ({ name: e.fn.coalesce('chats.name', 'excluded.name') })),
      )
      .execute();
  }

  /** When something last happened in a conversation of which no message is stored; Unix milliseconds. */
  async noteActivity(chat: string, at: number): Promise<void> {
    await this.#db
      .updateTable('chats')
      .set({ activity_at: at })
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('activity_at', '=', 0)
      .execute();
  }

  /** How many other conversations are pinned. */
  async pinnedBeside(chat: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom('chats')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '!=', chat)
      .where('deleted', '=', 0)
      .where('pinned_at', 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Everything in it was read on a device of the account, up to now. */
  async read(chat: string): Promise<void> {
    const row = await this.find(chat);
    if (!row) return;
    for (let left = row.unread_count; left > 0; left -= IDS_PER_STATEMENT) {
      const newest = this.#unread(chat).select('message_id').limit(Math.min(left, IDS_PER_STATEMENT));
      const { numUpdatedRows } = await this.#markRead(chat)
        .where('message_id', 'in', this.#db.selectFrom(newest.as('unread')).select('message_id'))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) break;
    }
    await this.#update(chat, { unread_count: 0, marked_unread: 0 });
  }

  /** These incoming messages were read on a device of the account. */
  async readMessages(chat: string, ids: string[]): Promise<void> {
    let read = 0;
    for (const part of inParts(ids)) {
      const { numUpdatedRows } = await this.#markRead(chat)
        .where('message_id', 'in', part)
        .executeTakeFirst();
      read += Number(numUpdatedRows);
    }
    if (read > 0) await this.#lessUnread(chat, read);
  }

  /** The newest incoming messages that are not read, newest first; at most as many as the conversation counts. */
  async unread(chat: string, limit: number): Promise<{ message_id: string; sender: string | null }[]> {
    const count = (await this.find(chat))?.unread_count ?? 0;
    if (count === 0) return [];
    return this.#unread(chat).select(['message_id', 'sender']).limit(Math.min(limit, count)).execute();
  }

  /**
   * What was sent up to `upTo` is to go, and with `deleted` the conversation leaves the list. The messages themselves
   * go afterwards, a few at a time (`removeCleared`): they may be very many.
   */
  async clear(chat: string, { upTo, deleted }: { upTo: number; deleted: boolean }): Promise<void> {
    const row = await this.find(chat);
    if (!row) return;
    await this.#update(chat, {
      cleared_to: Math.max(upTo, row.cleared_to ?? 0),
      clearing: 1,
      unread_count: 0,
      marked_unread: 0,
      ...(deleted && { deleted: 1, archived: 0, pinned_at: null, activity_at: 0 }),
    });
  }

  /** Something was taken out of a conversation: it stands where its newest item is, or where it was when none is left. */
  async messageRemoved(chat: string, wasUnread: boolean): Promise<void> {
    if (wasUnread) await this.#lessUnread(chat, 1);
    const newest = await this.#db
      .selectFrom('messages')
      .select('sent_at')
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('in_history', '=', 1)
      .orderBy('sent_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (newest) await this.#update(chat, { activity_at: newest.sent_at });
  }

  #unread(chat: string) {
    return this.#db
      .selectFrom('messages')
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('in_history', '=', 1)
      .where('from_me', '=', 0)
      .where('status', '=', 'received')
      .orderBy('sent_at', 'desc')
      .orderBy('message_id', 'desc');
  }

  #markRead(chat: string) {
    return this.#db
      .updateTable('messages')
      .set({ status: 'read' })
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('from_me', '=', 0)
      .where('status', '=', 'received');
  }

  async #lessUnread(chat: string, read: number): Promise<void> {
    await this.#db
      .updateTable('chats')
      .set((e) => ({
        unread_count: e
          .case()
          .when('unread_count', '>', read)
          .then(e('unread_count', '-', read))
          .else(0)
          .end(),
      }))
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .execute();
  }

  async #update(chat: string, change: Partial<ChatRow>): Promise<void> {
    await this.#db
      .updateTable('chats')
      .set(change)
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .execute();
  }
}

/** Two people are one, and so are their conversations: it stands at the later place, and what was said of the one that moved last holds. */
export async function mergeChats(db: Queries, keep: ContactRow, lose: ContactRow): Promise<void> {
  const instanceId = keep.instance_id;
  const [newest, older] = await db
    .selectFrom('chats')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('chat', 'in', [keep.id, lose.id])
    .orderBy('activity_at', 'desc')
    .execute();
  if (!newest) return;
  await db
    .deleteFrom('chats')
    .where('instance_id', '=', instanceId)
    .where('chat', 'in', [keep.id, lose.id])
    .execute();
  await db
    .insertInto('chats')
    .values({
      ...newest,
      chat: keep.id,
      unread_count: newest.unread_count + (older?.unread_count ?? 0),
      marked_unread: Math.max(newest.marked_unread, older?.marked_unread ?? 0),
      favorite: Math.max(newest.favorite, older?.favorite ?? 0),
      pinned_at: newest.pinned_at ?? older?.pinned_at ?? null,
      muted_until: newest.muted_until ?? older?.muted_until ?? null,
      cleared_to: newest.cleared_to ?? older?.cleared_to ?? null,
      clearing: Math.max(newest.clearing, older?.clearing ?? 0),
    })
    .execute();
}

/** null for what is no conversation. */
export function chatKind(chat: string): ChatRow['kind'] | null {
  if (chat.endsWith('@g.us')) return 'group';
  if (chat.endsWith('@newsletter')) return 'newsletter';
  return chat === STATUS ? null : 'private';
}

function columns({ name, archived, pinnedAt, mutedUntil, markedUnread, favorite }: ChatSettings) {
  return {
    ...(name !== undefined && { name: storable(name) }),
    ...(archived !== undefined && { archived: archived ? 1 : 0 }),
    ...(pinnedAt !== undefined && { pinned_at: pinnedAt }),
    ...(mutedUntil !== undefined && { muted_until: mutedUntil }),
    ...(markedUnread !== undefined && { marked_unread: markedUnread ? 1 : 0 }),
    ...(favorite !== undefined && { favorite: favorite ? 1 : 0 }),
  };
}
