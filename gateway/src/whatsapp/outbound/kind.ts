import type { MessageType } from '../inbound/content.ts';
import type { ChatAddress } from '../inbound/origin.ts';
import type { ChatMessageKey } from '../ports/chats.ts';
import type { proto } from '../proto.ts';
import type { Session, StanzaEdit } from '../session.ts';
import {
  openContext,
  openMessage,
  type WireContext,
  type WireMessage,
  type WireNode,
  wireMessage,
} from '../wire.ts';

/** What building needs besides the request: where the message goes, and what all kinds carry. */
export interface Building {
  /** JID in the form in which the chat is addressed. */
  to: string;
  chat: ChatAddress;
  /** Quote and mentions; null when there is neither. */
  context: WireContext | null;
  /** A text as it goes out: people who are mentioned stand in it under the address that the chat knows them by. */
  addressed(text: string): string;
  /** Key of the message that this one is about; null when it is about none. */
  about: ChatMessageKey | null;
  /** 32 bytes that later edits, votes and reports are keyed with; null in channels, where nothing is encrypted. */
  secret: Uint8Array | null;
  /** Open now, after the delay: uploads go through it. */
  session: Session;
}

/** A message as WhatsApp gets it. */
export interface Built {
  message: WireMessage;
  /** Children of the stanza beside the content: how clients draw it (`biz`, `meta`). */
  nodes?: WireNode[];
  /** JIDs of those who may see it; a status is encrypted for each of them. */
  viewers?: string[];
  /** Of what changes another message: 1 = edit, 2 = pin, 7 = revocation, 8 = an admin's revocation. */
  edit?: StanzaEdit;
  /** Handle of the file that was uploaded plain, for a post of a channel. */
  mediaId?: string;
  /** Keys that the kind adds to the answer's `data`. */
  answer?: object;
}

/** A message that another one is about, as the client names it. */
export interface Reference {
  messageId: string;
  fromMe: boolean;
  /** JID of its author, where the client says it. */
  participant: string | undefined;
}

/** One kind of message with the content of one request. */
export interface OutgoingKind {
  type: MessageType;
  /** The text that answer, record and event show for the message: its own, or what is made of its parts. */
  content: string;
  /** It goes to the chat of this message, and is keyed with it. */
  about?: Reference;
  /** Every step that may refuse the request: runs before the delay. */
  prepare?(chat: ChatAddress): Promise<void>;
  build(building: Building): Built | Promise<Built>;
  /** Gives back what `prepare` took; called when the request is over, however it ended. */
  release?(): Promise<void>;
}

/** What travels beside the content of a message. */
export function beside({ secret }: Pick<Building, 'secret'>): Pick<proto.IMessage, 'messageContextInfo'> {
  return secret ? { messageContextInfo: { messageSecret: secret } } : {};
}

/** For the content of a message: its quote and mentions. */
export function inContext({ context }: Pick<Building, 'context'>): { contextInfo?: proto.IContextInfo } {
  return context ? { contextInfo: openContext(context) } : {};
}

/** The same content, keyed with another secret. */
export function withSecret(message: WireMessage, secret: Uint8Array | null): WireMessage {
  return wireMessage({ ...openMessage(message), ...beside({ secret }) });
}

/** The key by which WhatsApp names a message inside another one. */
export function keyOf({ chat, id, fromMe, participant }: ChatMessageKey): proto.IMessageKey {
  return { remoteJid: chat, fromMe, id, ...(participant && !fromMe && { participant }) };
}
