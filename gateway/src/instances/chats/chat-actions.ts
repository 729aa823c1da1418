import type { Clock } from '../../clock.ts';
import type { Outbox } from '../../events/outbox.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import { Messages } from '../../mailbox/messages.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow, InstanceRow, MessageRow } from '../../storage/schema.ts';
import { parseJid } from '../../whatsapp/jid.ts';
import type { ChatMessageKey, LastMessage } from '../../whatsapp/ports/chats.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import type { Session } from '../../whatsapp/session.ts';
import { inMailbox } from '../in-mailbox.ts';
import { performed } from '../operation.ts';
import type { Target } from '../sending/recipients.ts';
import type { ChatTarget, ChatTargets } from './chat-target.ts';

/** As many of the newest messages as WhatsApp Web names when it archives or reads a chat. */
const LAST_MESSAGES = 5;

export interface ChatActionsOptions {
  db: Queries;
  outbox: Outbox;
  clock: Clock;
  targets: ChatTargets;
  /** The open session of an instance; throws `instance_not_connected`. */
  sessions: { session(instanceId: string): Session };
}

/** What every operation on chats needs: the connection first, then the chat, then WhatsApp's consent. */
export class ChatActions {
  readonly #options: ChatActionsOptions;

  constructor(options: ChatActionsOptions) {
    this.#options = options;
  }

  /** Throws `instance_not_connected`. `operation`: what a failure says could not be done. */
  begin(instance: InstanceRow, operation: string): ChatAction {
    return new ChatAction(instance, operation, this.#options);
  }
}

/** One operation on a chat of one connected instance. */
export class ChatAction {
  readonly instance: InstanceRow;
  readonly session: Session;
  readonly clock: Clock;
  readonly #operation: string;
  readonly #options: ChatActionsOptions;

  constructor(instance: InstanceRow, operation: string, options: ChatActionsOptions) {
    this.instance = instance;
    this.session = options.sessions.session(instance.id);
    this.clock = options.clock;
    this.#operation = operation;
    this.#options = options;
  }

  /** Runs what is asked of WhatsApp; its failures are told as those of the operation. */
  perform<T>(work: () => Promise<T>): Promise<T> {
    return performed(this.#options.clock, this.#operation, work);
  }

  /** The chat that a number names. Throws `number_unregistered`. */
  target(number: ChatNumber): Promise<ChatTarget> {
    return this.perform(() => this.#options.targets.registered(this.instance.id, this.session, number));
  }

  /** The newest stored messages of a chat, newest first. */
  async lastMessages({ key, jid }: ChatTarget): Promise<LastMessage[]> {
    if (key === null) return [];
    const rows = await this.#messages().newestIn(key, LAST_MESSAGES);
    return Promise.all(rows.map(async (row) => ({ key: await this.#keyIn(jid, row), at: row.sent_at })));
  }

  /** Up to this many unread messages of a chat, as receipts name them. */
  async unread({ key, jid }: ChatTarget, limit: number): Promise<UnreadMessage[]> {
    if (key === null) return [];
    const rows = await this.mailbox(({ chats }) => chats.unread(key, limit));
    return Promise.all(
      rows.map(async ({ message_id, sender }) => {
        const author = jid.endsWith('@g.us') ? await this.#author(sender) : null;
        return { chat: jid, id: message_id, ...(author && { participant: author }) };
      }),
    );
  }

  /** By id alone; undefined when it is not stored. */
  message(id: string): Promise<MessageRow | undefined> {
    return this.#messages().find(id);
  }

  /** How WhatsApp names a stored message; null when its chat is gone. */
  async keyOf(row: MessageRow): Promise<ChatMessageKey | null> {
    const jid = row.chat.includes('@') ? row.chat : jidOf(await this.#contacts().byId(row.chat));
    return jid === null ? null : this.#keyIn(jid, row);
  }

  /** Where what is said about a stored message goes: into its chat. */
  async targetOf({ chat }: MessageRow): Promise<Target> {
    const room = parseJid(chat);
    if (room?.kind === 'group' || room?.kind === 'newsletter' || room?.kind === 'status') {
      return { to: room.jid, chat: { kind: room.kind, jid: room.jid } };
    }
    const person = await this.#contacts().byId(chat);
    const { jid, lid } = person ?? { jid: null, lid: null };
    return { to: jid ?? lid ?? '', chat: { kind: 'private', person: { jid, lid } } };
  }

  /** Runs in a transaction of the instance. */
  mailbox<T>(work: (mailbox: Mailbox) => Promise<T>): Promise<T> {
    return inMailbox(this.#options, this.instance, work);
  }

  async #keyIn(chat: string, row: MessageRow): Promise<ChatMessageKey> {
    const participant = row.is_group === 1 && row.from_me === 0 ? await this.#author(row.sender) : null;
    return { chat, id: row.message_id, fromMe: row.from_me === 1, participant };
  }

  /** Groups know their members by LID. */
  async #author(sender: string | null): Promise<string | null> {
    const contact = sender === null ? undefined : await this.#contacts().byId(sender);
    return contact?.lid ?? contact?.jid ?? null;
  }

  #messages(): Messages {
    return new Messages(this.#options.db, this.instance.id, this.#options.clock.now());
  }

  #contacts(): Contacts {
    return new Contacts(this.#options.db, this.instance.id, this.#options.clock.now());
  }
}

export interface UnreadMessage {
  chat: string;
  id: string;
  participant?: string;
}

function jidOf(contact: ContactRow | undefined): string | null {
  return contact?.jid ?? contact?.lid ?? null;
}
