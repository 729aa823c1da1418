import { proto } from 'baileys';
import type { Queries } from '../storage/database.ts';
import type { MessageRow } from '../storage/schema.ts';
import type { MessageType } from '../whatsapp/inbound/content.ts';
import { type MessageStatus, statesBefore } from './status.ts';
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
  /** null on incoming messages. */
  status: MessageStatus | null;
  source: string;
  isGroup: boolean;
  /** `proto.Message`; empty when it could not be decrypted. */
  encoded: Uint8Array;
  /** Unix milliseconds. */
  sentAt: number;
}

export type PendingMessage = Pick<NewMessage, 'chat' | 'id' | 'type' | 'content' | 'source' | 'isGroup'> & {
  proto: proto.IMessage;
};

/** Databases bound the parameters of a query; a receipt may name any number of messages. */
const IDS_PER_QUERY = 500;

/** The messages of one instance. Use it inside the transaction that `db` is. */
export class Messages {
  readonly #db: Queries;
  readonly #instanceId: string;
  readonly #now: number;

  constructor(db: Queries, instanceId: string, now: number) {
    this.#db = db;
    this.#instanceId = instanceId;
    this.#now = now;
  }

  /**
   * Stores a message once. `undecrypted` when it takes the place of a row whose content could not be read before,
   * `known` when it is there already.
   */
  async store(message: NewMessage): Promise<'new' | 'undecrypted' | 'known'> {
    const row = this.#row(message);
    const inserted = await this.#db
      .insertInto('messages')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['instance_id', 'chat', 'message_id', 'from_me']).doNothing(),
      )
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 0n) return 'new';
    if (message.type === 'undecryptable') return 'known';
    const resolved = await this.#db
      .updateTable('messages')
      .set({ type: row.type, content: row.content, content_proto: row.content_proto })
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
      encoded: proto.Message.encode(message.proto).finish(),
      sentAt: this.#now,
    });
    await this.#db.insertInto('messages').values(row).execute();
  }

  /** By id alone, as clients name messages; the newest when several chats have it. */
  find(id: string): Promise<MessageRow | undefined> {
    return this.#rows().where('message_id', '=', id).orderBy('stored_at', 'desc').limit(1).executeTakeFirst();
  }

  findSent(id: string): Promise<MessageRow | undefined> {
    return this.#rows()
      .where('message_id', '=', id)
      .where('from_me', '=', 1)
      .orderBy('stored_at', 'desc')
      .limit(1)
      .executeTakeFirst();
  }

  /** Own messages among these ids, in one chat. */
  async sentIn(chat: string, ids: string[]): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      const some = ids.slice(start, start + IDS_PER_QUERY);
      const own = this.#rows().where('chat', '=', chat).where('from_me', '=', 1);
      rows.push(...(await own.where('message_id', 'in', some).execute()));
    }
    return rows;
  }

  async inChat(chat: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('messages')
      .select('message_id')
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Moves an own message forward; false when it stands there already or further. */
  async advance(
    { chat, message_id }: Pick<MessageRow, 'chat' | 'message_id'>,
    status: MessageStatus,
    errorCode: number | null = null,
  ): Promise<boolean> {
    const moved = await this.#db
      .updateTable('messages')
      .set({ status, error_code: errorCode })
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('message_id', '=', message_id)
      .where('from_me', '=', 1)
      .where('status', 'in', statesBefore(status))
      .executeTakeFirst();
    return moved.numUpdatedRows > 0n;
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
      sent_at: message.sentAt,
      stored_at: this.#now,
    };
  }
}

/** The stored content, undefined when there is none: an empty message must never stand in for a missing one. */
export function storedContent(
  row: Pick<MessageRow, 'content_proto'> | undefined,
): proto.IMessage | undefined {
  return row && row.content_proto.length > 0 ? proto.Message.decode(row.content_proto) : undefined;
}
