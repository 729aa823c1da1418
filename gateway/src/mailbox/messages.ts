import { inParts } from '../storage/in-parts.ts';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { MessageRow } from '../storage/schema.ts';
import type { MessageType } from '../whatsapp/inbound/content.ts';
import { decodeMessage } from '../whatsapp/stored-message.ts';
import type { WireMessage } from '../whatsapp/wire.ts';
import { Chats } from './chats.ts';
import { type IncomingStatus, type MessageStatus, statesBefore } from './status.ts';
import { storable } from './storable.ts';

export interface NewMessage {
  /** `contacts.id` in private chats, else the JID of the room. */
  chat: string;
  id: string;
  fromMe: boolean;
  /** `contacts.id`; null for the account itself and for channels. */
  sender: string | null;
  type: MessageType;
  content: string;
  status: MessageStatus | IncomingStatus;
  source: string;
  isGroup: boolean;
  /** In WhatsApp's form (`whatsapp/stored-message.ts`); empty when it could not be decrypted. */
  encoded: Uint8Array;
  /** Unix milliseconds. */
  sentAt: number;
}

export type PendingMessage = Pick<
  NewMessage,
  'chat' | 'id' | 'type' | 'content' | 'source' | 'isGroup' | 'encoded'
>;

const inserted = (db: Queries, row: MessageRow) =>
  db.insertInto('messages').values({
    instance_id: row.instance_id,
    chat: row.chat,
    message_id: row.message_id,
    from_me: row.from_me,
    sender: row.sender,
    type: row.type,
    content: row.content,
    status: row.status,
    error_code: row.error_code,
    source: row.source,
    is_group: row.is_group,
    content_proto: row.content_proto,
    sent_at: row.sent_at,
    stored_at: row.stored_at,
    in_history: row.in_history,
    edited: row.edited,
  });

const insert = query(inserted);

const insertOnce = query((db, row: MessageRow) =>
  inserted(db, row).onConflict((conflict) =>
    conflict.columns(['instance_id', 'chat', 'message_id', 'from_me']).doNothing(),
  ),
);

const newestSent = query((db, { instanceId, id }: { instanceId: string; id: string }) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('message_id', '=', id)
    .where('from_me', '=', 1)
    .orderBy('stored_at', 'desc')
    .limit(1),
);

interface OwnInChat {
  instanceId: string;
  chat: string;
  id: string;
}

/** Nearly every receipt names one message. */
const ownInChat = query((db, { instanceId, chat, id }: OwnInChat) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('chat', '=', chat)
    .where('from_me', '=', 1)
    .where('message_id', '=', id),
);

interface Step extends OwnInChat {
  errorCode: number | null;
}

const advanceTo = (status: MessageStatus) =>
  query((db, { instanceId, chat, id, errorCode }: Step) =>
    db
      .updateTable('messages')
      .set({ status, error_code: errorCode })
      .where('instance_id', '=', instanceId)
      .where('chat', '=', chat)
      .where('message_id', '=', id)
      .where('from_me', '=', 1)
      .where('status', 'in', statesBefore(status)),
  );

const advances: Record<MessageStatus, ReturnType<typeof advanceTo>> = {
  pending: advanceTo('pending'),
  sent: advanceTo('sent'),
  delivered: advanceTo('delivered'),
  read: advanceTo('read'),
  played: advanceTo('played'),
  failed: advanceTo('failed'),
};

/** They act on another message and are no items of the conversation. */
const ACTIONS: ReadonlySet<MessageType> = new Set([
  'reaction',
  'poll_vote',
  'message_edit',
  'message_revoke',
]);

/** The messages of one instance. Use it inside the transaction that `db` is. */
export class Messages {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #now: number;
  readonly #chats: Chats;

  constructor(db: Queries, instanceId: string, now: number) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#now = now;
    this.#chats = new Chats(db, instanceId);
  }

  /**
   * Stores a message once, and its conversation with it. `undecrypted` when it takes the place of a row whose content could not be read before,
   * `known` when it is there already.
   */
  async store(message: NewMessage): Promise<'new' | 'undecrypted' | 'known'> {
    const row = this.#row(message);
    const { numAffectedRows } = await insertOnce(this.#db, row);
    if (numAffectedRows !== 0n) {
      await this.#note(row);
      return 'new';
    }
    if (message.type === 'undecryptable') return 'known';
    const resolved = await this.#db
      .updateTable('messages')
      .set({
        type: row.type,
        content: row.content,
        content_proto: row.content_proto,
        in_history: row.in_history,
      })
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', row.chat)
      .where('message_id', '=', row.message_id)
      .where('from_me', '=', row.from_me)
      .where('type', '=', 'undecryptable')
      .executeTakeFirst();
    return resolved.numUpdatedRows > 0n ? 'undecrypted' : 'known';
  }

  /** Stores a message of ours that is about to leave. */
  async storePending(message: PendingMessage): Promise<void> {
    const row = this.#row({
      ...message,
      fromMe: true,
      sender: null,
      status: 'pending',
      sentAt: this.#now,
    });
    await insert(this.#db, row);
    await this.#note(row);
  }

  /** By id alone, as clients name messages; the newest when several chats have it. */
  find(id: string): Promise<MessageRow | undefined> {
    return this.#rows().where('message_id', '=', id).orderBy('stored_at', 'desc').limit(1).executeTakeFirst();
  }

  async findSent(id: string): Promise<MessageRow | undefined> {
    return (await newestSent(this.#db, { instanceId: this.#instanceId, id })).rows[0];
  }

  /** Own messages among these ids, in one chat. */
  async sentIn(chat: string, ids: string[]): Promise<MessageRow[]> {
    const [only] = ids;
    if (only !== undefined && ids.length === 1) {
      return (await ownInChat(this.#db, { instanceId: this.#instanceId, chat, id: only })).rows;
    }
    const rows: MessageRow[] = [];
    for (const part of inParts(ids)) {
      const own = this.#rows().where('chat', '=', chat).where('from_me', '=', 1);
      rows.push(...(await own.where('message_id', 'in', part).execute()));
    }
    return rows;
  }

  /** Something was written there that WhatsApp took or brought. */
  async isOpen(chat: string): Promise<boolean> {
    const row = await this.#rows()
      .where('chat', '=', chat)
      .where((where) => where.or([where('status', 'is', null), where('status', '!=', 'failed')]))
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** In one chat an id names one message of either side. */
  inChatWithId(chat: string, id: string): Promise<MessageRow[]> {
    return this.#rows().where('chat', '=', chat).where('message_id', '=', id).execute();
  }

  /** Replaces what a stored message says. */
  async rewrite(
    { chat, message_id, from_me }: Pick<MessageRow, 'chat' | 'message_id' | 'from_me'>,
    change: Partial<Pick<MessageRow, 'type' | 'content' | 'content_proto' | 'edited'>>,
  ): Promise<void> {
    await this.#db
      .updateTable('messages')
      .set(change)
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('message_id', '=', message_id)
      .where('from_me', '=', from_me)
      .execute();
  }

  async star(
    { chat, message_id, from_me }: Pick<MessageRow, 'chat' | 'message_id' | 'from_me'>,
    starred: boolean,
  ): Promise<void> {
    await this.#db
      .updateTable('messages')
      .set({ starred: starred ? 1 : 0 })
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('message_id', '=', message_id)
      .where('from_me', '=', from_me)
      .execute();
  }

  /** Takes a message out of the store; false when it is not there. */
  async remove({
    chat,
    message_id,
    from_me,
  }: Pick<MessageRow, 'chat' | 'message_id' | 'from_me'>): Promise<boolean> {
    const [removed] = await this.#db
      .deleteFrom('messages')
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('message_id', '=', message_id)
      .where('from_me', '=', from_me)
      .returning(['status', 'in_history'])
      .execute();
    if (removed?.in_history === 1) await this.#chats.messageRemoved(chat, removed.status === 'received');
    return removed !== undefined;
  }

  /** The newest items of a chat, newest first, as WhatsApp wants them named when a chat is archived or read. */
  newestIn(chat: string, limit: number): Promise<MessageRow[]> {
    return this.#rows()
      .where('chat', '=', chat)
      .where('in_history', '=', 1)
      .orderBy('sent_at', 'desc')
      .orderBy('message_id', 'desc')
      .limit(limit)
      .execute();
  }

  /** Moves an own message forward; false when it stands there already or further. */
  async advance(
    { chat, message_id }: Pick<MessageRow, 'chat' | 'message_id'>,
    status: MessageStatus,
    errorCode: number | null = null,
  ): Promise<boolean> {
    const { numAffectedRows } = await advances[status](this.#db, {
      instanceId: this.#instanceId,
      chat,
      id: message_id,
      errorCode,
    });
    return numAffectedRows !== 0n;
  }

  async #note({ chat, in_history, sent_at, status }: MessageRow): Promise<void> {
    if (in_history === 1) await this.#chats.noteMessage(chat, sent_at, status === 'received');
  }

  #rows() {
    return this.#db.selectFrom('messages').selectAll().where('instance_id', '=', this.#instanceId);
  }

  #row(message: NewMessage): MessageRow {
    return {
      instance_id: this.#instanceId,
      chat: message.chat,
      message_id: message.id,
      from_me: message.fromMe ? 1 : 0,
      sender: message.sender,
      type: message.type,
      content: storable(message.content),
      status: message.status,
      error_code: null,
      source: message.source,
      is_group: message.isGroup ? 1 : 0,
      content_proto: message.encoded,
      // As it is shown: an order by finer time would not be the order that clients see.
      sent_at: message.sentAt - (message.sentAt % 1000),
      stored_at: this.#now,
      starred: 0,
      in_history: ACTIONS.has(message.type) ? 0 : 1,
      edited: 0,
    };
  }
}

/** The stored content, undefined when there is none: an empty message must never stand in for a missing one. */
export function storedContent(row: Pick<MessageRow, 'content_proto'> | undefined): WireMessage | undefined {
  return row && decodeMessage(row.content_proto);
}
