import type { DatabaseTransaction } from '../storage/queries.ts';
import type { Jid, Person } from './jid.ts';

/** A chat that a change is about; as WhatsApp addresses it, one form of a person's address only. */
export type ChangedChat = Jid;

/** A message that a change is about. */
export interface ChangedMessage {
  chat: ChangedChat;
  id: string;
  fromMe: boolean;
}

/** Something that one device of the account changed for all of them. Times are Unix milliseconds. */
export type ChatChange =
  | { kind: 'archived'; chat: ChangedChat; archived: boolean }
  | { kind: 'pinned'; chat: ChangedChat; at: number | null }
  /** `until`: null = not muted, -1 = without end. */
  | { kind: 'muted'; chat: ChangedChat; until: number | null }
  /** Read up to then; `read: false` marks the chat as unread, also when every message is read. */
  | { kind: 'read'; chat: ChangedChat; read: boolean; upTo: number }
  /** Everything up to then is gone; `listed`: the chat stays in the list. */
  | { kind: 'cleared'; chat: ChangedChat; upTo: number; listed: boolean }
  | { kind: 'starred'; message: ChangedMessage; starred: boolean }
  | { kind: 'message_deleted'; message: ChangedMessage }
  | { kind: 'label'; id: string; name: string; color: number; predefined: boolean; deleted: boolean }
  | { kind: 'label_chat'; label: string; chat: ChangedChat; labeled: boolean }
  | { kind: 'label_message'; label: string; chat: ChangedChat; messageId: string; labeled: boolean }
  /** Saved in the address book under a name; null = taken out. */
  | { kind: 'contact'; person: Person; name: string | null }
  | { kind: 'push_name'; name: string };

/** Changes that are taken in together. */
export interface ChatChanges {
  changes: ChatChange[];
  /** `first`: the state as it was when this device was linked; `own`: made here; `sync`: made on another device. */
  source: 'first' | 'sync' | 'own';
  /** They come from the collection that holds the labels. */
  withLabels: boolean;
  /** Written in the same commit. */
  alongside(trx: DatabaseTransaction): Promise<void>;
}
