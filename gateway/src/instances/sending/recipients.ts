import type { proto } from 'baileys';
import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { Groups } from '../../mailbox/groups.ts';
import { Messages, storedContent } from '../../mailbox/messages.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow, MessageRow } from '../../storage/schema.ts';
import type { GroupMetadata } from '../../whatsapp/group.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import { addressOf, type Jid, type Person, parseJid, userOf } from '../../whatsapp/jid.ts';
import type { Quote } from '../../whatsapp/outbound/context.ts';
import type { Reference } from '../../whatsapp/outbound/kind.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { addressIn } from './mentions.ts';
import { asked } from './send-failure.ts';
import { statusViewers } from './status-viewers.ts';

/** Where a message goes. */
export interface Target {
  /** JID in the form in which it is addressed. */
  to: string;
  chat: ChatAddress;
  /** Who is in it and by which address, for mentions; groups only. */
  group?: GroupMetadata;
}

/** Where a message goes, and which others it refers to. */
export interface Address {
  target: Target;
  quote: Quote | null;
  /** Key of the message that it is about. */
  about: proto.IMessageKey | null;
}

export interface Addressing {
  /** JID of the account itself. */
  self: string;
  recipient: Jid;
  replyTo: string | undefined;
  replyPrivate: boolean;
  about: Reference | undefined;
}

/** What a session is asked for. */
type Asked = Pick<Session, 'lookUpNumbers' | 'groups'>;

export interface RecipientsOptions {
  db: Queries;
  numbers: NumberCache;
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
    { self, recipient, replyTo, replyPrivate, about }: Addressing,
  ): Promise<Address> {
    if (about) return this.#referring(instanceId, session, recipient, about);
    const alone = { quote: null, about: null };
    const quoting = recipient.kind !== 'newsletter' && recipient.kind !== 'status' ? replyTo : undefined;
    if (!quoting) return { ...alone, target: await this.#targetOf(instanceId, session, recipient) };
    if (!replyPrivate) {
      const target = await this.#targetOf(instanceId, session, recipient);
      const { quote } = await this.#quoted(instanceId, self, quoting);
      return { ...alone, target, quote: { ...quote, author: addressIn(target.group, quote.author) } };
    }
    const { row, author, quote } = await this.#quoted(instanceId, self, quoting);
    if (row.is_group === 0) {
      return { ...alone, target: await this.#targetOf(instanceId, session, recipient), quote };
    }
    if (row.from_me === 1) throw failure('reply_private_own');
    if (!author) throw failure('reply_target_unknown');
    return { ...alone, target: personTarget(author), quote };
  }

  /**
   * While the account may not start new chats, one more attempt would only prolong that: a person whom it has not
   * written with is refused here. Throws `new_chats_locked`.
   */
  async requireOpen(
    instanceId: string,
    { newChatsLockedUntil }: Pick<Session, 'newChatsLockedUntil'>,
    chat: ChatAddress,
  ): Promise<void> {
    if (newChatsLockedUntil <= this.#options.now() || chat.kind !== 'private') return;
    const contact = await this.#contacts(instanceId).find(chat.person);
    const known = contact && (await this.#messages(instanceId).isOpen(contact.id));
    if (!known) throw failure('new_chats_locked');
  }

  /**
   * The chat and key of a message that another one is about. What we know of it counts: its chat, direction and author;
   * else what the client says.
   */
  async #referring(
    instanceId: string,
    session: Asked,
    recipient: Jid,
    reference: Reference,
  ): Promise<Address> {
    const named = await this.#targetOf(instanceId, session, recipient);
    const row = await this.#messages(instanceId).find(reference.messageId);
    const target = (row && (await this.#chatOf(instanceId, session, row))) ?? named;
    const author = row?.sender ? await this.#contacts(instanceId).byId(row.sender) : undefined;
    const fromMe = row ? row.from_me === 1 : reference.fromMe;
    const participant = author ? addressOf(author) : reference.participant;
    const isForeign = target.chat.kind === 'group' && !fromMe && participant !== undefined;
    const key = {
      remoteJid: target.to,
      fromMe,
      id: reference.messageId,
      ...(isForeign && { participant: addressIn(target.group, participant) }),
    };
    return { target, quote: null, about: key };
  }

  /** The chat of a stored message; null where nothing can be said about a message: channels and status. */
  async #chatOf(
    instanceId: string,
    session: Asked,
    { chat }: Pick<MessageRow, 'chat'>,
  ): Promise<Target | null> {
    const room = parseJid(chat);
    if (room) return room.kind === 'group' ? this.#targetOf(instanceId, session, room) : null;
    const person = await this.#contacts(instanceId).byId(chat);
    return person ? personTarget(person) : null;
  }

  /** Those for whom a status is encrypted. Throws what a send throws. */
  viewers(instanceId: string, session: Pick<Session, 'status' | 'self'>): Promise<string[]> {
    return statusViewers(this.#options.db, instanceId, session);
  }

  async #targetOf(instanceId: string, session: Asked, { kind, jid }: Jid): Promise<Target> {
    switch (kind) {
      case 'user': {
        const digits = userOf(jid);
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

const NOT_A_MEMBER: readonly number[] = [401, 403, 404];

function refuseStranger(error: unknown): never {
  if (error instanceof SendFailed && error.reason.kind === 'refused') {
    if (NOT_A_MEMBER.includes(error.reason.code)) throw failure('group_unknown', undefined, error);
  }
  throw error;
}
