import { proto, toNumber, type WAMessage } from 'baileys';
import type { ContactRow } from '../storage/schema.ts';
import type { Conversation, HistoryStep } from '../whatsapp/history/chunk.ts';
import { type Incoming, readIncoming } from '../whatsapp/inbound/incoming.ts';
import { type ChatAddress, isSelf } from '../whatsapp/inbound/origin.ts';
import { type Person, parseJid, personOf, STATUS } from '../whatsapp/jid.ts';
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

const { Status, StubType } = proto.WebMessageInfo;

const OWN_STATUS: Partial<Record<number, MessageStatus>> = {
  [Status.ERROR]: 'failed',
  [Status.PENDING]: 'pending',
  [Status.DELIVERY_ACK]: 'delivered',
  [Status.READ]: 'read',
  [Status.PLAYED]: 'played',
};

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
        return this.#message(step.message, step.conversation);
      case 'conversation end':
        return this.#conversationEnd(step.conversation);
      case 'name':
        await this.#met(personOf(step.jid), { push: step.name });
        return;
      case 'pair':
        await this.#met(personOf(step.jid, step.lid), {});
    }
  }

  async #conversation(said: Conversation): Promise<void> {
    const address = addressOf(said);
    if (said.newest) this.#unreadLeft.set(said, said.unreadCount ?? 0);
    if (!address || (address.kind === 'group' && this.#rules.ignoreGroupMessages)) return;
    const title = said.displayName || said.name || null;
    if (address.kind === 'private') await this.#met(address.person, title ? { saved: title } : {});
    const place = await this.#placeOf(address);
    await this.#mailbox.chats.tell(place.key, {
      name: address.kind === 'private' ? null : title,
      archived: said.archived === true,
      pinnedAt: secondsToMs(said.pinned) || null,
      mutedUntil: muteEnd(said.muteEndTime),
      markedUnread: said.markedAsUnread === true,
    });
  }

  async #conversationEnd(said: Conversation): Promise<void> {
    const address = addressOf(said);
    const at = secondsToMs(said.conversationTimestamp ?? said.lastMsgTimestamp);
    if (address && at > 0) await this.#mailbox.chats.tellActivity((await this.#placeOf(address)).key, at);
  }

  async #message(message: WAMessage, conversation: Conversation | null): Promise<void> {
    const incoming = this.#read(message, conversation);
    if (!incoming) return;
    const { origin, content } = incoming;
    const unread = origin.author.kind === 'self' ? false : this.#isUnread(conversation);
    if (origin.at < this.#rules.since || this.#ignored(origin.chat)) return;
    const names = { push: incoming.pushName, verified: incoming.verifiedName };
    const author = origin.author.kind === 'person' ? await this.#met(origin.author.person, names) : null;
    const place = await this.#placeOf(origin.chat);
    if (origin.at <= (await this.#clearedTo(place.key))) return;
    const status: MessageStatus | IncomingStatus =
      origin.author.kind === 'self'
        ? (OWN_STATUS[message.status ?? Status.SERVER_ACK] ?? 'sent')
        : unread
          ? 'received'
          : 'read';
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

  /** null for what nobody would see in the conversation: notices, placeholders, what acts on another message. */
  #read(message: WAMessage, conversation: Conversation | null): Incoming | null {
    const { self, now } = this.#mailbox.scope;
    const { key } = message;
    const other = conversation && otherAddress(conversation, key.remoteJid);
    const named = other ? { ...message, key: { ...key, remoteJidAlt: other } } : message;
    if (message.messageStubType !== StubType.REVOKE || message.message) {
      const incoming = readIncoming(named, self, now);
      const acts = incoming?.content.edit ?? incoming?.content.revoke;
      return incoming && !incoming.undecryptable && !acts ? incoming : null;
    }
    // What was taken back is told as a notice in the place of the message.
    const placeholder = readIncoming({ ...named, message: { conversation: '' } }, self, now);
    const content = {
      type: 'message_revoke' as const,
      content: '',
      isForwarded: false,
      context: null,
      mentioned: [],
    };
    return placeholder && { ...placeholder, content, encoded: new Uint8Array() };
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

  /** Each person is looked up once per batch, unless something new is said of him. */
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

/** null for a conversation that is none of ours: a broadcast list, stories. */
function addressOf(said: Conversation): ChatAddress | null {
  const room = parseJid(said.id);
  if (!room || room.jid === STATUS || room.kind === 'broadcast') return null;
  if (room.kind === 'group' || room.kind === 'newsletter') return { kind: room.kind, jid: room.jid };
  const person = personOf(said.id, otherAddress(said, said.id));
  return person && { kind: 'private', person };
}

/** The other address of the person of a private conversation. */
function otherAddress(said: Conversation, jid: string | null | undefined): string | undefined {
  if (jid !== said.id) return undefined;
  return (parseJid(jid)?.kind === 'lid' ? said.pnJid : said.lidJid) || undefined;
}

type Seconds = Parameters<typeof toNumber>[0];

function secondsToMs(seconds: Seconds): number {
  const ms = toNumber(seconds) * 1_000;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : 0;
}

/** WhatsApp's largest number means without end; history tells seconds, the shared state milliseconds. */
function muteEnd(end: Seconds): number | null {
  const value = toNumber(end);
  if (!value) return null;
  if (value < 0 || !Number.isSafeInteger(value)) return -1;
  return value < 100_000_000_000 ? value * 1_000 : value;
}
