import type { ContactRow } from '../storage/schema.ts';
import type { HistoryStep } from '../whatsapp/history/chunk.ts';
import type { Conversation } from '../whatsapp/history/conversation.ts';
import { readHistoryMessage } from '../whatsapp/history/message.ts';
import { type ChatAddress, isSelf } from '../whatsapp/inbound/origin.ts';
import { type Person, personOf } from '../whatsapp/jid.ts';
import type { KnownNames } from './contacts.ts';
import type { ChatPlace, Mailbox } from './mailbox.ts';
import type { IncomingStatus, MessageStatus } from './status.ts';

export interface HistoryRules {
  ignoreGroupMessages: boolean;
  ignoreStatus: boolean;
  /** Messages before this moment are left out; Unix milliseconds. */
  since: number;
}

/** How many of a conversation's newest messages are still to be taken as unread. */
export type UnreadLeft = WeakMap<Conversation, number>;

/** Puts steps of history into the mailbox, within one transaction. Nothing of it is reported, but who is who. */
export class HistoryBatch {
  readonly #mailbox: Mailbox;
  readonly #rules: HistoryRules;
  readonly #unreadLeft: UnreadLeft;
  readonly #places = new Map<string, ChatPlace>();
  readonly #people = new Map<string, ContactRow>();
  readonly #cleared = new Map<string, number>();

  constructor(mailbox: Mailbox, rules: HistoryRules, unreadLeft: UnreadLeft) {
    this.#mailbox = mailbox;
    this.#rules = rules;
    this.#unreadLeft = unreadLeft;
  }

  async take(step: HistoryStep): Promise<void> {
    switch (step.kind) {
      case 'conversation':
        return this.#conversation(step.conversation);
      case 'message':
        return this.#message(step);
      case 'conversation end':
        return this.#conversationEnd(step.conversation);
      case 'name':
        await this.#met(personOf(step.jid), { push: step.name });
        return;
      case 'pair':
        await this.#met(personOf(step.jid, step.lid), {});
    }
  }

  async #conversation(conversation: Conversation): Promise<void> {
    const { address, title } = conversation;
    if (conversation.newest) this.#unreadLeft.set(conversation, conversation.unread);
    if (!address || (address.kind === 'group' && this.#rules.ignoreGroupMessages)) return;
    if (address.kind === 'private') await this.#met(address.person, title ? { saved: title } : {});
    const place = await this.#placeOf(address);
    await this.#mailbox.chats.noteHistory(place.key, {
      name: address.kind === 'private' ? null : title,
      archived: conversation.archived,
      pinnedAt: conversation.pinnedAt,
      mutedUntil: conversation.mutedUntil,
      markedUnread: conversation.markedUnread,
    });
  }

  async #conversationEnd({ address, activeAt }: Conversation): Promise<void> {
    if (!address || activeAt === 0) return;
    await this.#mailbox.chats.noteActivity((await this.#placeOf(address)).key, activeAt);
  }

  async #message({ message, conversation }: Extract<HistoryStep, { kind: 'message' }>): Promise<void> {
    const { self, now } = this.#mailbox.scope;
    const read = readHistoryMessage(message, conversation, self, now);
    if (!read) return;
    const { incoming } = read;
    const { origin, content } = incoming;
    const unread = origin.author.kind === 'self' ? false : this.#isUnread(conversation);
    if (origin.at < this.#rules.since || this.#ignored(origin.chat)) return;
    const names = { push: incoming.pushName, verified: incoming.verifiedName };
    const author = origin.author.kind === 'person' ? await this.#met(origin.author.person, names) : null;
    const place = await this.#placeOf(origin.chat);
    if (origin.at <= (await this.#clearedTo(place.key))) return;
    const status: MessageStatus | IncomingStatus =
      origin.author.kind === 'self' ? read.status : unread ? 'received' : 'read';
    await this.#mailbox.messages.store({
      chat: place.key,
      id: origin.id,
      fromMe: origin.author.kind === 'self',
      sender: author?.id ?? null,
      type: content.type,
      content: content.content,
      status,
      source: '',
      isGroup: origin.chat.kind === 'group',
      encoded: incoming.encoded,
      sentAt: origin.at,
    });
  }

  #isUnread(conversation: Conversation | null): boolean {
    const left = (conversation && this.#unreadLeft.get(conversation)) ?? 0;
    if (!conversation || left === 0) return false;
    this.#unreadLeft.set(conversation, left - 1);
    return true;
  }

  #ignored({ kind }: ChatAddress): boolean {
    const { ignoreGroupMessages, ignoreStatus } = this.#rules;
    return (kind === 'group' && ignoreGroupMessages) || (kind === 'status' && ignoreStatus);
  }

  /** Each person is looked up once per batch, unless something new is said of the person. */
  async #met(person: Person | null, names: KnownNames): Promise<ContactRow | null> {
    if (!person || isSelf(person, this.#mailbox.scope.self)) return null;
    const key = JSON.stringify([person, names]);
    const known = this.#people.get(key);
    if (known) return known;
    const contact = await this.#mailbox.meet(person, 'history', names);
    // Two who were known apart may be one now, under one of two keys.
    if (person.jid && person.lid) {
      this.#people.clear();
      this.#places.clear();
    }
    this.#people.set(key, contact);
    return contact;
  }

  /** What was cleared or deleted does not come back. */
  async #clearedTo(chat: string): Promise<number> {
    const known = this.#cleared.get(chat);
    const clearedTo = known ?? (await this.#mailbox.chats.find(chat))?.cleared_to ?? 0;
    this.#cleared.set(chat, clearedTo);
    return clearedTo;
  }

  async #placeOf(address: ChatAddress): Promise<ChatPlace> {
    const key = JSON.stringify(address);
    const place = this.#places.get(key) ?? (await this.#mailbox.placeOf(address, 'history'));
    this.#places.set(key, place);
    return place;
  }
}
