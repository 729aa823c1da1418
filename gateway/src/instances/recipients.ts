import { failure } from '../failure.ts';
import { Contacts } from '../mailbox/contacts.ts';
import { Groups } from '../mailbox/groups.ts';
import { Messages, storedContent } from '../mailbox/messages.ts';
import type { NumberBook } from '../mailbox/number-book.ts';
import type { Queries } from '../storage/database.ts';
import type { ContactRow, MessageRow } from '../storage/schema.ts';
import type { GroupMetadata } from '../whatsapp/group.ts';
import type { ChatAddress } from '../whatsapp/inbound/origin.ts';
import type { Jid, Person } from '../whatsapp/jid.ts';
import type { Quote } from '../whatsapp/outbound/context.ts';
import { SendFailed, type Session } from '../whatsapp/session.ts';
import { asked } from './send-failure.ts';

/** Where a message goes. */
export interface Target {
  /** JID in the form in which it is addressed. */
  to: string;
  chat: ChatAddress;
  /** Who is in it and by which address, for mentions; groups only. */
  group?: GroupMetadata;
}

export interface Addressing {
  /** JID of the account itself. */
  self: string;
  recipient: Jid;
  replyTo: string | undefined;
  replyPrivate: boolean;
}

/** What a session is asked for. */
type Asked = Pick<Session, 'lookUpNumbers' | 'groups'>;

export interface RecipientsOptions {
  db: Queries;
  numbers: NumberBook;
  now: () => number;
}

/** Finds out where a message goes and what it quotes, before anything is sent. */
export class Recipients {
  readonly #options: RecipientsOptions;

  constructor(options: RecipientsOptions) {
    this.#options = options;
  }

  async address(
    instanceId: string,
    session: Asked,
    { self, recipient, replyTo, replyPrivate }: Addressing,
  ): Promise<{ target: Target; quote: Quote | null }> {
    const quoting = recipient.kind !== 'newsletter' && recipient.kind !== 'status' ? replyTo : undefined;
    if (!quoting) return { target: await this.#targetOf(instanceId, session, recipient), quote: null };
    if (!replyPrivate) {
      const target = await this.#targetOf(instanceId, session, recipient);
      return { target, quote: (await this.#quoted(instanceId, self, quoting)).quote };
    }
    const { row, author, quote } = await this.#quoted(instanceId, self, quoting);
    if (row.is_group === 0) return { target: await this.#targetOf(instanceId, session, recipient), quote };
    if (row.from_me === 1) throw failure('reply_private_own');
    if (!author) throw failure('reply_target_unknown');
    return { target: personTarget(author), quote };
  }

  async #targetOf(instanceId: string, session: Asked, { kind, jid }: Jid): Promise<Target> {
    switch (kind) {
      case 'user': {
        const digits = jid.slice(0, jid.indexOf('@'));
        const found = await asked(this.#options.numbers.find(instanceId, session, digits));
        if (!found) throw failure('number_unregistered');
        return { to: found.jid, chat: { kind: 'private', person: { jid: found.jid, lid: found.lid } } };
      }
      case 'group':
        return { to: jid, chat: { kind, jid }, group: await this.#group(instanceId, session, jid) };
      case 'newsletter':
      case 'status':
        return { to: jid, chat: { kind, jid } };
      case 'lid':
      case 'broadcast':
        return { to: jid, chat: { kind: 'private', person: { jid: null, lid: jid } } };
    }
  }

  /** A group that is not known yet is asked for: the account may have been in it for years. */
  async #group(instanceId: string, session: Asked, jid: string): Promise<GroupMetadata> {
    const { db, now } = this.#options;
    const known = await new Groups(db, instanceId, now()).find(jid);
    return known ?? asked(session.groups.metadata(jid).catch(refuseStranger));
  }

  async #quoted(
    instanceId: string,
    self: string,
    messageId: string,
  ): Promise<{ row: MessageRow; author: ContactRow | undefined; quote: Quote }> {
    const row = await this.#messages(instanceId).find(messageId);
    if (!row) throw failure('reply_target_unknown');
    const contacts = this.#contacts(instanceId);
    const author = row.sender === null ? undefined : await contacts.byId(row.sender);
    const other = row.chat.includes('@') ? undefined : await contacts.byId(row.chat);
    const chat = other ? addressOf(other) : row.chat;
    const authorJid = row.from_me === 1 ? self : author ? addressOf(author) : chat;
    return { row, author, quote: { messageId, author: authorJid, chat, content: storedContent(row) } };
  }

  #messages(instanceId: string): Messages {
    return new Messages(this.#options.db, instanceId, this.#options.now());
  }

  #contacts(instanceId: string): Contacts {
    return new Contacts(this.#options.db, instanceId, this.#options.now());
  }
}

function personTarget({ jid, lid }: Person): Target {
  return { to: addressOf({ jid, lid }), chat: { kind: 'private', person: { jid, lid } } };
}

function addressOf({ jid, lid }: Person): string {
  return jid ?? lid ?? '';
}

const NOT_A_MEMBER: readonly number[] = [401, 403, 404];

function refuseStranger(error: unknown): never {
  if (error instanceof SendFailed && error.reason.kind === 'refused') {
    if (NOT_A_MEMBER.includes(error.reason.code)) throw failure('group_unknown', undefined, error);
  }
  throw error;
}
