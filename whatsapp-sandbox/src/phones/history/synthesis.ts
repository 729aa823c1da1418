import { proto } from 'baileys';
import { type Account, accountJid } from '../../server/model/account.ts';

/*
 * A synthetic history: years of conversations that a phone sends to companions, computed from a few numbers when it is
 * asked for, so that 100,000 messages cost no memory before.
 */

export interface HistoryPlan {
  chats: number;
  /** Over all chats. */
  messages: number;
  /** The time from the oldest message to the newest. */
  days: number;
  /** Newest incoming messages of each chat that are unread. */
  unread: number;
  /** Messages of a RECENT or FULL chunk. */
  chunk: number;
  /** Unix seconds of the newest message. */
  until: number;
}

const { HistorySyncType } = proto.HistorySync;
const { Status } = proto.WebMessageInfo;

/** Messages of each chat in the first chunk; the rest comes in later chunks. */
const FIRST_MESSAGES = 3;
/** Every tenth chat is a group. */
const GROUP_EVERY = 10;
/** Chunks after which a phone goes over from RECENT to FULL. */
const RECENT_CHUNKS = 2;
const DAY_SECONDS = 86_400;
const GROUP_MEMBERS = 4;

/** The chunks in the order in which a phone sends them. `full`: the companion asked for the whole history. */
export function* historyChunks(
  plan: HistoryPlan,
  owner: Account,
  full: boolean,
): Generator<proto.IHistorySync> {
  const chats = Array.from({ length: plan.chats }, (_, i) => new SyntheticChat(plan, owner, i));
  yield {
    syncType: HistorySyncType.INITIAL_BOOTSTRAP,
    conversations: chats.map((chat) => chat.conversation(0, FIRST_MESSAGES)),
    phoneNumberToLidMappings: chats.flatMap((chat) =>
      chat.people().map(({ pn, lid }) => ({ pnJid: pn, lidJid: lid })),
    ),
  };
  yield {
    syncType: HistorySyncType.PUSH_NAME,
    conversations: [],
    pushnames: chats.flatMap((chat) => chat.people().map(({ pn, name }) => ({ id: pn, pushname: name }))),
  };
  let chunks = 0;
  for (const conversations of packed(chats, plan.chunk)) {
    const recent = chunks++ < RECENT_CHUNKS;
    if (!recent && !full) return;
    yield { syncType: recent ? HistorySyncType.RECENT : HistorySyncType.FULL, conversations };
  }
}

/** What is older than a message of a chat, as a companion may ask for; undefined when the phone has no such chat. */
export function olderMessages(
  plan: HistoryPlan,
  owner: Account,
  { chat, before, count }: { chat: string; before: string; count: number },
): proto.IHistorySync | undefined {
  for (let i = 0; i < plan.chats; i++) {
    const found = new SyntheticChat(plan, owner, i);
    if (!found.isNamed(chat)) continue;
    const from = found.positionAfter(before);
    return { syncType: HistorySyncType.ON_DEMAND, conversations: [found.conversation(from, count)] };
  }
  return undefined;
}

/** What the first chunk left out, as conversations with so many messages to a chunk. */
function* packed(chats: SyntheticChat[], size: number): Generator<proto.IConversation[]> {
  let conversations: proto.IConversation[] = [];
  let room = size;
  for (const chat of chats) {
    for (let from = FIRST_MESSAGES; from < chat.length; ) {
      const count = Math.min(room, chat.length - from);
      conversations.push(chat.conversation(from, count));
      from += count;
      room -= count;
      if (room > 0) continue;
      yield conversations;
      [conversations, room] = [[], size];
    }
  }
  if (conversations.length > 0) yield conversations;
}

interface Person {
  pn: string;
  lid: string;
  name: string;
}

class SyntheticChat {
  readonly length: number;
  readonly #plan: HistoryPlan;
  readonly #owner: Account;
  readonly #index: number;

  constructor(plan: HistoryPlan, owner: Account, index: number) {
    this.#plan = plan;
    this.#owner = owner;
    this.#index = index;
    const { messages, chats } = plan;
    this.length = Math.floor(messages / chats) + (index < messages % chats ? 1 : 0);
  }

  get #isGroup(): boolean {
    return this.#index % GROUP_EVERY === GROUP_EVERY - 1;
  }

  /** The other side, or the other members. */
  people(): Person[] {
    return Array.from({ length: this.#isGroup ? GROUP_MEMBERS : 1 }, (_, i) => {
      const n = this.#index * GROUP_MEMBERS + i;
      const [pn, lid] = [`5531${910_000_000 + n}@s.whatsapp.net`, `${300_000_000_000_000 + n}@lid`];
      return { pn, lid, name: `Contact ${n}` };
    });
  }

  /** Phones name some chats by the number and others by the LID. */
  get #id(): string {
    const [other] = this.people();
    if (this.#isGroup || !other) return `${120_363_400_000_000_000n + BigInt(this.#index)}@g.us`;
    return this.#index % 2 === 0 ? other.pn : other.lid;
  }

  isNamed(jid: string): boolean {
    return (
      jid === this.#id || (!this.#isGroup && this.people().some(({ pn, lid }) => jid === pn || jid === lid))
    );
  }

  positionAfter(id: string): number {
    for (let i = 0; i < this.length; i++) if (this.#messageId(i) === id) return i + 1;
    return 0;
  }

  /** `count` messages from the newest on, newest first. */
  conversation(from: number, count: number): proto.IConversation {
    const [other] = this.people();
    const until = Math.min(this.length, from + count);
    const mixed = this.#isGroup || !other;
    return {
      id: this.#id,
      ...(mixed
        ? { name: `Group ${this.#index}` }
        : {
            name: `Saved ${this.#index}`,
            pnJid: other.pn,
            lidJid: other.lid,
            tcToken: Buffer.from(`token of ${this.#index}`),
            tcTokenTimestamp: this.#time(0),
          }),
      conversationTimestamp: this.#time(0),
      unreadCount: Math.min(this.#plan.unread, this.length),
      archived: this.#index % 7 === 3,
      ...(this.#index === 0 && { pinned: this.#time(0) }),
      messages: Array.from({ length: Math.max(0, until - from) }, (_, i) => ({
        message: this.#message(from + i),
        msgOrderId: this.length - from - i,
      })),
    };
  }

  /** `i` counts from the newest. The newest ones came in, and every third after them is the owner's. */
  #message(i: number): proto.IWebMessageInfo {
    const fromMe = i >= this.#plan.unread && i % 3 === 0;
    const people = this.people();
    const author = people[i % people.length];
    const participant = this.#isGroup && !fromMe && author ? { participant: author.lid } : {};
    return {
      key: { remoteJid: this.#id, fromMe, id: this.#messageId(i) },
      ...participant,
      message: { conversation: `Chat ${this.#index}, message ${this.length - i}` },
      messageTimestamp: this.#time(i),
      status: fromMe ? Status.READ : Status.DELIVERY_ACK,
      ...(!fromMe && author && { pushName: author.name }),
    };
  }

  #messageId(i: number): string {
    const owner = accountJid(this.#owner, 'pn').slice(-22, -15);
    const position = `${this.#index.toString(16).padStart(5, '0')}${(this.length - i).toString(16).padStart(7, '0')}`;
    return `3EB0${owner}${position}`.toUpperCase();
  }

  #time(i: number): number {
    const { days, until } = this.#plan;
    return until - Math.floor((i * days * DAY_SECONDS) / Math.max(1, this.length));
  }
}
