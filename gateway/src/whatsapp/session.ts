import type { DatabaseTransaction } from '../storage/queries.ts';
import type { CallNotice } from './call.ts';
import type { ChatChanges } from './chat-change.ts';
import type { GroupMetadata, GroupNotice } from './group.ts';
import type { HistoryAnnouncement } from './history/announcement.ts';
import type { Incoming } from './inbound/incoming.ts';
import type { NewsletterChange } from './newsletter.ts';
import type { CallOperations } from './ports/calls.ts';
import type { ChatOperations } from './ports/chats.ts';
import type { GroupOperations } from './ports/groups.ts';
import type { IdentityOperations } from './ports/identities.ts';
import type { MediaOperations } from './ports/media.ts';
import type { NewsletterOperations } from './ports/newsletters.ts';
import type { ProfileOperations } from './ports/profile.ts';
import type { StatusOperations } from './ports/status.ts';
import { THROTTLED } from './refusal.ts';
import type { WireMessage, WireNode } from './wire.ts';

/**
 * The port between the gateway and WhatsApp: one open (or opening) connection of one instance.
 * Everything above it speaks in these words; only `whatsapp/baileys/` knows the library.
 */
export interface Session {
  /** The account itself; the LID is known from the login on. */
  readonly self: Self;
  /**
   * Hands a message to WhatsApp and waits for the server's acknowledgement.
   * Throws `SendFailed`. `id` is chosen by the caller, so that the message is stored before it leaves.
   */
  send(message: OutgoingMessage): Promise<void>;
  /** Unix milliseconds until which WhatsApp refuses messages to people without a chat; 0 = it does not. */
  readonly newChatsLockedUntil: number;
  /** Shows "typing…" or takes it away, to one chat. */
  sendChatState(chat: string, state: ChatState): Promise<void>;
  setPresence(presence: 'available' | 'unavailable'): Promise<void>;
  /** What was published last. */
  readonly presence: Presence;
  /** Which of these phone numbers (digits) are on WhatsApp; absent ones are left out. Throws `SendFailed`. */
  lookUpNumbers(numbers: string[]): Promise<RegisteredNumber[]>;
  /** The other half of a known pair, asking WhatsApp for a LID where it is not stored. */
  lidOf(jid: string): Promise<string | null>;
  phoneOf(lid: string): Promise<string | null>;
  markRead(keys: { chat: string; id: string; participant?: string }[]): Promise<void>;
  readonly calls: CallOperations;
  readonly groups: GroupOperations;
  readonly identities: IdentityOperations;
  readonly newsletters: NewsletterOperations;
  readonly media: MediaOperations;
  readonly profile: ProfileOperations;
  readonly status: StatusOperations;
  readonly chats: ChatOperations;
}

/** What the other side of a chat sees of the account while it writes. */
export type ChatState = 'composing' | 'recording' | 'paused';

export type Presence = 'available' | 'unavailable' | ChatState;

export interface Self {
  /** `<digits>@s.whatsapp.net`, without the device. */
  jid: string;
  lid: string | null;
  name: string;
}

/** Shows clients, before they decrypt a message, that it changes another one. */
export type StanzaEdit = '1' | '2' | '7' | '8';

export interface OutgoingMessage {
  id: string;
  /** JID in the form in which it is to be addressed. */
  to: string;
  content: WireMessage;
  /** Children of the stanza beside the content. */
  nodes?: WireNode[];
  /** JIDs for whom a status is encrypted. */
  viewers?: string[];
  edit?: StanzaEdit;
  /** Handle of the file that was uploaded for a post of a channel. */
  mediaId?: string;
}

export interface RegisteredNumber {
  number: string;
  jid: string;
  lid: string | null;
}

/** Why a send did not end in an acknowledgement. */
export class SendFailed extends Error {
  override name = 'SendFailed';
  readonly reason:
    | { kind: 'not_connected' }
    /** The connection broke or the server stayed silent after the hand-over: it may have been delivered. */
    | { kind: 'unacknowledged' }
    /** `text`: WhatsApp's word for it, when it gave one. */
    | { kind: 'refused'; code: number; text?: string }
    | { kind: 'throttled' }
    | { kind: 'timed_out' }
    | { kind: 'failed'; text: string };

  constructor(reason: SendFailed['reason'], options?: ErrorOptions) {
    super(reason.kind, options);
    this.reason = reason;
  }

  /** WhatsApp has had too much of this account: said of a question, or with the acknowledgement of a message. */
  get isThrottled(): boolean {
    return (
      this.reason.kind === 'throttled' || (this.reason.kind === 'refused' && this.reason.code === THROTTLED)
    );
  }
}

/** Receipt of one or more messages, as WhatsApp sent it. */
export interface Receipt {
  ids: string[];
  /** '' = delivered; else WhatsApp's type: read, played, retry, sender, inactive, read-self, … */
  type: string;
  /** JID of the chat. */
  chat: string;
  /** JID of the user whose device sent it, without the device. */
  from: string;
  /** The other address form of `from`, when the stanza names it. */
  fromAlt: string | null;
  /** In groups, the author of the message. */
  participant: string | null;
  /** Unix milliseconds. */
  at: number;
}

export interface MessageContext {
  /** It waited on the server while we were away. */
  offline: boolean;
  /** Written in the same commit as the message; also when the message itself makes nothing to keep. */
  alongside?: (trx: DatabaseTransaction) => Promise<void>;
}

/** What a session hands to the instance that it serves. Calls come in order; each is awaited before the next. */
export interface SessionListener {
  /**
   * A message came in, or one was sent from another device of the account; null: what came is nothing to report, and
   * only what is written alongside counts. When this resolves the message is durable.
   */
  message(incoming: Incoming | null, context: MessageContext): Promise<void>;
  /** The phone has made a chunk of history ready. When this resolves the announcement is durable. */
  history(announcement: HistoryAnnouncement, context: MessageContext): Promise<void>;
  receipt(receipt: Receipt): Promise<void>;
  call(notice: CallNotice): Promise<void>;
  /** A device of the account changed chats, labels or contacts for all of them. What comes together is one commit. */
  chatChanges(changes: ChatChanges[]): Promise<void>;
  /** A group has changed. */
  groupNotice(notice: GroupNotice): Promise<void>;
  /** Metadata as WhatsApp has them now; `complete`: the account is in no other groups. */
  groups(groups: GroupMetadata[], complete: boolean): Promise<void>;
  /** What is stored of a group that the account is in; null when it is not known. */
  group(jid: string): Promise<GroupMetadata | null>;
  /** Channels that the account follows have changed, or it follows others now. */
  newsletters(changes: NewsletterChange[]): Promise<void>;
  /** A late acknowledgement or refusal (`code`) of a message whose `send` had already given up. */
  lateAck(id: string, code: number | null): Promise<void>;
  /** A pair of phone JID and LID was learned. */
  identity(pair: { jid: string; lid: string }): Promise<void>;
  /** Own profile: push name, business. */
  profile(profile: {
    name?: string;
    isBusiness?: boolean;
    businessName?: string;
    pictureUrl?: string | null;
  }): Promise<void>;
  /** Content of a message of ours that a recipient's device asks for again; undefined on a miss, never empty. */
  sentMessage(id: string): Promise<WireMessage | undefined>;
}
