import type { Generated } from 'kysely';

/** Baileys' credentials of a linked device, one sealed value per instance. */
export interface SessionCredsTable {
  instance_id: string;
  creds_sealed: Uint8Array;
  updated_at: number;
}

/** Signal and app-state keys: sessions, pre-keys, sender keys, LID mappings, … */
export interface SessionKeyTable {
  instance_id: string;
  kind: string;
  id: string;
  value_sealed: Uint8Array;
}

/** Raw message stanzas that WhatsApp may already have forgotten and that are no event yet. */
export interface InboxJournalTable {
  instance_id: string;
  /** Ascending in the order of arrival. */
  id: string;
  /** As on the wire, decrypted once from the transport and still encrypted end to end. */
  stanza: Uint8Array;
  received_at: number;
}

/** A chunk of history that the phone has announced and that is not taken in yet. */
export interface HistoryChunkTable {
  instance_id: string;
  /** Of the message that announced it. */
  message_id: string;
  /** Encoded `proto.Message.HistorySyncNotification`: where the chunk lies, or the chunk itself. */
  notification: Uint8Array;
  /** Its parts that are in the mailbox. */
  done: Generated<number>;
  attempts: Generated<number>;
  announced_at: number;
}

/** How far one collection of the app state was read. */
export interface AppStateTable {
  instance_id: string;
  collection: string;
  version: number;
  /** LtHash of everything that the collection holds. */
  hash: Uint8Array;
}

/** What a collection holds, as MACs: a change of an entry is taken out of the hash by its old one. */
export interface AppStateEntryTable {
  instance_id: string;
  collection: string;
  /** base64 */
  index_mac: string;
  value_mac: Uint8Array;
}
