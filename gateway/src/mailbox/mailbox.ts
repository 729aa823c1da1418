import type { Emit } from '../events/outbox.ts';
import type { DatabaseTransaction } from '../storage/queries.ts';
import type { ContactRow, MessageRow } from '../storage/schema.ts';
import type { ChatAddress } from '../whatsapp/inbound/origin.ts';
import { isSelf } from '../whatsapp/inbound/origin.ts';
import { type Jid, type Person, parseJid } from '../whatsapp/jid.ts';
import type { Self } from '../whatsapp/session.ts';
import { Chats } from './chats.ts';
import { Contacts, type KnownNames } from './contacts.ts';
import { Groups } from './groups.ts';
import { identityEvent } from './identity-event.ts';
import { Labels } from './labels.ts';
import { Messages } from './messages.ts';
import { Newsletters } from './newsletters.ts';
import { PollVotes } from './poll-votes.ts';
import { type Chat, groupView, privateChatView, roomView, selfView, type User, userView } from './views.ts';

/** A chat as it is stored and as it is shown. */
export interface ChatPlace {
  /** `messages.chat` */
  key: string;
  view: Chat;
  /** The other side of a private chat. */
  contact: ContactRow | null;
}

/** Where a pair of addresses was learned. */
export type IdentityOrigin = 'message' | 'group' | 'query' | 'history' | 'notification';

export interface MailboxScope {
  trx: DatabaseTransaction;
  emit: Emit;
  instanceId: string;
  self: Self;
  /** Unix milliseconds. */
  now: number;
}

/** What one instance knows, within one transaction: people, chats, messages. */
export class Mailbox {
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly groups: Groups;
  readonly pollVotes: PollVotes;
  readonly newsletters: Newsletters;
  readonly chats: Chats;
  readonly labels: Labels;
  readonly scope: MailboxScope;

  constructor(scope: MailboxScope) {
    this.scope = scope;
    this.contacts = new Contacts(scope.trx, scope.instanceId, scope.now);
    this.messages = new Messages(scope.trx, scope.instanceId, scope.now);
    this.groups = new Groups(scope.trx, scope.instanceId, scope.now);
    this.pollVotes = new PollVotes(scope.trx, scope.instanceId);
    this.newsletters = new Newsletters(scope.trx, scope.instanceId, scope.now);
    this.chats = new Chats(scope.trx, scope.instanceId);
    this.labels = new Labels(scope.trx, scope.instanceId);
  }

  /** Notes a person and reports `contact.identity` when the pair of addresses is new or has changed. */
  async meet(person: Person, origin: IdentityOrigin, names: KnownNames = {}): Promise<ContactRow> {
    const { contact, change } = await this.contacts.meet(person, names);
    if (change) await this.scope.emit(identityEvent(contact, change, origin, this.scope.now));
    return contact;
  }

  /** The place of a chat that is named by its address; a person is noted. */
  async placeOf(chat: ChatAddress, origin: IdentityOrigin, names?: KnownNames): Promise<ChatPlace> {
    if (chat.kind !== 'private') return this.#room(chat.kind, chat.jid);
    return this.#privatePlace(await this.meet(chat.person, origin, names));
  }

  /** The place of a chat that a stored message is in; null when it is gone. */
  async placeOfStored({ chat }: Pick<MessageRow, 'chat'>): Promise<ChatPlace | null> {
    const jid = parseJid(chat);
    if (jid && isRoom(jid)) return this.#room(jid.kind, jid.jid);
    const contact = await this.contacts.byId(chat);
    return contact ? this.#privatePlace(contact) : null;
  }

  self(): User {
    return selfView(this.scope.self);
  }

  /** Replaces LIDs by phone JIDs where these are known, the account's own included. */
  async shownAddresses(addresses: string[]): Promise<(address: string) => string> {
    const lids = [...new Set(addresses)].filter((address) => parseJid(address)?.kind === 'lid');
    const phones = await this.contacts.phonesOf(lids);
    const { self } = this.scope;
    return (address) => (address === self.lid ? self.jid : (phones.get(address) ?? address));
  }

  /** A person as shown; the account itself under its own name. */
  async userOf(person: Person): Promise<User> {
    if (isSelf(person, this.scope.self)) return this.self();
    const contact = await this.contacts.find(person);
    return userView(contact ?? person, contact ?? null);
  }

  /** Many people at once, each as `userOf` shows one. */
  async usersOf(people: Person[]): Promise<User[]> {
    const find = await this.contacts.among(people);
    return people.map((person) => {
      if (isSelf(person, this.scope.self)) return this.self();
      const contact = find(person);
      const addresses = { jid: person.jid ?? contact?.jid ?? null, lid: person.lid ?? contact?.lid ?? null };
      return userView(addresses, contact ?? null);
    });
  }

  /** WhatsApp does not send an account its own push name: its own chat has the name of its profile. */
  #privatePlace(contact: ContactRow): ChatPlace {
    const { self } = this.scope;
    const named = isSelf(contact, self) ? { ...contact, push_name: contact.push_name || self.name } : contact;
    return { key: contact.id, view: privateChatView(named, named), contact: named };
  }

  async #room(kind: 'group' | 'newsletter' | 'status', jid: string): Promise<ChatPlace> {
    if (kind === 'group')
      return { key: jid, view: groupView(jid, await this.groups.title(jid)), contact: null };
    const name = kind === 'newsletter' ? await this.newsletters.name(jid) : '';
    return { key: jid, view: roomView(kind, jid, name), contact: null };
  }
}

function isRoom(jid: Jid): jid is Jid & { kind: 'group' | 'newsletter' | 'status' } {
  return jid.kind === 'group' || jid.kind === 'newsletter' || jid.kind === 'status';
}
