import type { Generated, Selectable } from 'kysely';

/*
 * One schema for SQLite and PostgreSQL. Times are Unix milliseconds, flags are 0 or 1, JSON is text:
 * both databases then return the same JavaScript values, and one set of repository tests covers both.
 * Columns named `*_sealed` hold what `Seal` made, never clear text.
 */

export interface MetaTable {
  key: string;
  value: string;
}

export interface AccountTable {
  id: string;
  name: string;
  /** null = unlimited */
  max_instances: number | null;
  rate_limit_per_minute: number;
  /** JSON string[] */
  allowed_origins: string;
  suspended: number;
  token_hash: string;
  previous_token_hash: string | null;
  previous_token_expires_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface InstanceTable {
  id: string;
  account_id: string;
  name: string;
  token_lookup: string;
  token_sealed: Uint8Array;
  previous_token_lookup: string | null;
  previous_token_expires_at: number | null;
  /** What the supervisor works towards: `running` instances are brought back after a restart. */
  desired: 'running' | 'stopped';
  /** `linked` = a saved session exists. Whether it is open right now is the supervisor's knowledge, never a column. */
  link: 'never' | 'linked' | 'loggedout';
  number_jid: string | null;
  lid: string | null;
  profile_name: string;
  profile_picture_url: string | null;
  is_business: number;
  business_name: string;
  temp_banned_until: number | null;
  /** JSON of `InstanceSettings` */
  settings: string;
  /** JSON of the proxy without its password; null = none */
  proxy: string | null;
  proxy_password_sealed: Uint8Array | null;
  /** JSON of the S3 settings without the secret key; null = none */
  s3: string | null;
  s3_secret_key_sealed: Uint8Array | null;
  /** `connect?history=` of the link: days, 0 = no limit; null = not asked for, the setting counts. */
  history_days: number | null;
  /** The newest event that has left the event log; a cursor before it has missed something. */
  events_forgotten_to: string | null;
  created_at: number;
  updated_at: number;
}

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

/**
 * A person or business as one instance knows it. The key is ours, because a phone JID and a LID of one person may
 * be learned in either order and either may change.
 */
export interface ContactTable {
  id: string;
  instance_id: string;
  /** `<digits>@s.whatsapp.net` */
  jid: string | null;
  /** `<digits>@lid` */
  lid: string | null;
  push_name: string | null;
  saved_name: string | null;
  verified_name: string | null;
  updated_at: number;
}

export interface MessageTable {
  instance_id: string;
  /** `contacts.id` in private chats, else the JID of the group, newsletter or `status@broadcast`. */
  chat: string;
  message_id: string;
  from_me: number;
  /** Author: `contacts.id`, or null for the account itself. */
  sender: string | null;
  type: string;
  content: string;
  /** Outgoing: pending, sent, delivered, read, played, failed. Incoming: received, read. */
  status: string | null;
  /** Outgoing only: code of WhatsApp's refusal. */
  error_code: number | null;
  source: string;
  is_group: number;
  /** Encoded `proto.Message`, for quotes and for WhatsApp's retry requests. */
  content_proto: Uint8Array;
  /** WhatsApp's time of the message, in whole seconds. */
  sent_at: number;
  stored_at: number;
  /** Marked with a star on a device of the account. */
  starred: Generated<number>;
  /** 0: it acts on another message (reaction, vote, edit, revocation) and is no item of the conversation. */
  in_history: Generated<number>;
  /** 1: `content` is the text of its newest edit. */
  edited: Generated<number>;
}

/** One conversation of an instance; `status@broadcast` is none. */
export interface ChatTable {
  instance_id: string;
  /** As `messages.chat`. */
  chat: string;
  kind: 'private' | 'group' | 'newsletter';
  /** Of a room, as last heard; people have theirs in `contacts`. */
  name: string | null;
  /** Time of the newest item, or what WhatsApp said of the conversation; 0 = never. */
  activity_at: Generated<number>;
  /** Incoming items whose status is `received`. */
  unread_count: Generated<number>;
  /** Marked as unread by hand, whatever was read. */
  marked_unread: Generated<number>;
  archived: Generated<number>;
  pinned_at: number | null;
  /** null = not muted, -1 = muted without end. */
  muted_until: number | null;
  favorite: Generated<number>;
  /** Taken off the list, until a new message comes. */
  deleted: Generated<number>;
  /** What was sent up to then was cleared or deleted; history does not bring it back. */
  cleared_to: number | null;
  /** 1 while messages up to `cleared_to` may still be stored. */
  clearing: Generated<number>;
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

/** What somebody has chosen in a poll, by his newest vote. */
export interface PollVoteTable {
  instance_id: string;
  /** `chat`, `message_id` and `from_me` of the poll's row. */
  chat: string;
  poll_id: string;
  poll_from_me: number;
  /** `contacts.id`, '' for the account itself. */
  voter: string;
  /** Id of the message that the vote came in. */
  vote_id: string;
  /** JSON string[]: names of the options; empty when the vote was withdrawn. */
  options: string;
  voted_at: number;
}

/** A channel that the instance has met; null where WhatsApp told nothing. */
export interface NewsletterTable {
  instance_id: string;
  jid: string;
  state: string | null;
  name: string | null;
  description: string | null;
  /** Code of the invite link. */
  invite: string | null;
  subscribers: number | null;
  picture_url: string | null;
  role: string | null;
  following: number;
  updated_at: number;
}

export interface EventTable {
  /** `evt_` + 26 characters, ascending per instance. */
  id: string;
  instance_id: string;
  kind: string;
  /** Delivery lane: the chat's JID, null for events without one. */
  lane: string | null;
  /** What makes two reports the same event; unique per instance when present. */
  dedupe_key: string | null;
  /** JSON of the envelope's `data` */
  data: string;
  created_at: number;
}

export interface WebhookTable {
  id: string;
  instance_id: string;
  label: string;
  enabled: number;
  url: string;
  authorization_sealed: Uint8Array | null;
  by_events: number;
  /** JSON string[] */
  events: string;
  media_base64: number;
  include_token: number;
  secret_sealed: Uint8Array;
  previous_secret_sealed: Uint8Array | null;
  previous_secret_expires_at: number | null;
  disabled_reason: string | null;
  created_at: number;
  updated_at: number;
}

export interface WebsocketTable {
  instance_id: string;
  enabled: number;
  /** JSON string[] */
  events: string;
  media_base64: number;
  updated_at: number;
}

export interface DeliveryTable {
  /** `dlv_` + 26 characters. */
  id: string;
  event_id: string;
  webhook_id: string;
  instance_id: string;
  event_kind: string;
  lane: string;
  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  next_attempt_at: number | null;
  /** Owner of the running attempt; every end of an attempt is conditional on it. */
  claim_id: string | null;
  claimed_until: number | null;
  http_status: number | null;
  error: string | null;
  replayed: number;
  /** The exact bytes to send; sealed, because they may hold the instance's token. */
  body_sealed: Uint8Array;
  created_at: number;
  last_attempt_at: number | null;
  /** It may leave from this moment on: until then its message's file may come. null = it never had to wait, or need not any more. */
  waits_until: number | null;
  /** When it became `delivered` or `dead`: its time to be kept starts here. null while it is pending. */
  ended_at: number | null;
}

/** A group that the account is or was in; what it was called is still shown after it was left. */
export interface GroupTable {
  instance_id: string;
  jid: string;
  /** 0 = left, removed or deleted: then there are no participants. */
  member: number;
  subject: string;
  /** 1 = parent or Announcements group of a community */
  community: number;
  /** JSON of `GroupMetadata` without subject and participants */
  details: string;
  /** JSON of `Participant[]`: always read and changed as one, and a thousand rows would be slow to replace. */
  participants: string;
  updated_at: number;
}

/** An object in an instance's bucket whose chat was deleted with its media. */
export interface DoomedObjectTable {
  instance_id: string;
  object_key: string;
  attempts: number;
  next_attempt_at: number;
}

/** The file of a message that was reported: where it is, or what is still to be done to get it. */
export interface MediaTable {
  /** Also the name of the local file. */
  id: string;
  instance_id: string;
  /** The message: `messages.chat`, `message_id`, `from_me`. */
  chat: string;
  message_id: string;
  from_me: number;
  /** Chat and author as they came on the wire, by which the phone finds the message when it is to upload it again. */
  remote_jid: string;
  participant: string | null;
  kind: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  mime_type: string;
  /** The `message.exchange` that told of it. */
  event_id: string;
  /** Channels that show the file wait until then, or left without it at that moment; null = none waits. */
  waits_until: number | null;
  state: 'fetching' | 'ready' | 'failed';
  /** What is wrong, in the contract's words. */
  error: 'download_failed' | 'expired' | 'upload_failed' | 'too_large' | null;
  attempts: number;
  /** null = nothing is to be done. */
  next_attempt_at: number | null;
  claim_id: string | null;
  claimed_until: number | null;
  /** Where the phone has put it since, in place of what the message says. */
  direct_path: string | null;
  /** Bytes of the local file; null = there is none. */
  size: number | null;
  sha256: Uint8Array | null;
  /** In the instance's bucket. */
  object_key: string | null;
  s3_url: string | null;
  created_at: number;
}

export interface IdempotencyTable {
  /** `account:<id>` or `instance:<id>` */
  principal: string;
  key: string;
  /** Hash of method, path and body. */
  fingerprint: string;
  state: 'running' | 'done';
  /** Process that runs it: a `running` row of another process has an unknown outcome. */
  owner: string;
  /** Answer of a `done` row. */
  status: number | null;
  body: string | null;
  /** The message that it sent, or tried to. */
  message_id: string | null;
  created_at: number;
}

/** A label of WhatsApp Business, made here or on the phone. */
export interface LabelTable {
  instance_id: string;
  /** Chosen by the device that made it; a whole number as text. */
  label_id: string;
  name: string;
  /** 0 to 19, as WhatsApp gives it. */
  color: number;
  /** 1 = one of WhatsApp's own. */
  predefined: number;
  /**
   * `deleted` was deleted here and is listed until the next sync; `gone` keeps the id from being given to another label,
   * which would inherit the chats of this one on the phone.
   */
  state: 'present' | 'deleted' | 'gone';
}

export interface LabelAssignmentTable {
  instance_id: string;
  label_id: string;
  /** As `messages.chat`. */
  chat: string;
  /** '' when the chat itself carries the label. */
  message_id: string;
}

/** How far one collection of the shared state was read. */
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

export interface CallTable {
  instance_id: string;
  call_id: string;
  is_video: number;
  group_jid: string | null;
  offered_at: number;
}

export interface Database {
  meta: MetaTable;
  accounts: AccountTable;
  calls: CallTable;
  instances: InstanceTable;
  session_creds: SessionCredsTable;
  session_keys: SessionKeyTable;
  inbox_journal: InboxJournalTable;
  contacts: ContactTable;
  messages: MessageTable;
  poll_votes: PollVoteTable;
  groups: GroupTable;
  newsletters: NewsletterTable;
  events: EventTable;
  webhooks: WebhookTable;
  websockets: WebsocketTable;
  labels: LabelTable;
  label_assignments: LabelAssignmentTable;
  app_state: AppStateTable;
  app_state_entries: AppStateEntryTable;
  deliveries: DeliveryTable;
  media: MediaTable;
  doomed_objects: DoomedObjectTable;
  idempotency_keys: IdempotencyTable;
  chats: ChatTable;
  history_chunks: HistoryChunkTable;
}

export type AccountRow = Selectable<AccountTable>;
export type InstanceRow = Selectable<InstanceTable>;
export type ContactRow = Selectable<ContactTable>;
export type MessageRow = Selectable<MessageTable>;
export type PollVoteRow = Selectable<PollVoteTable>;
export type GroupRow = Selectable<GroupTable>;
export type LabelRow = Selectable<LabelTable>;
export type NewsletterRow = Selectable<NewsletterTable>;
export type ChatRow = Selectable<ChatTable>;
export type HistoryChunkRow = Selectable<HistoryChunkTable>;
export type EventRow = Selectable<EventTable>;
export type WebhookRow = Selectable<WebhookTable>;
export type WebsocketRow = Selectable<WebsocketTable>;
export type DeliveryRow = Selectable<DeliveryTable>;
export type MediaRow = Selectable<MediaTable>;
