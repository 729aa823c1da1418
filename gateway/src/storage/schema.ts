import type { Selectable } from 'kysely';
import type { DeliveryTable, EventTable, WebhookTable, WebsocketTable } from './schema/events.ts';
import type {
  CallTable,
  ChatTable,
  ContactTable,
  GroupTable,
  LabelAssignmentTable,
  LabelTable,
  MessageTable,
  NewsletterTable,
  PollVoteTable,
} from './schema/mailbox.ts';
import type { DoomedObjectTable, MediaTable } from './schema/media.ts';
import type {
  AppStateEntryTable,
  AppStateTable,
  HistoryChunkTable,
  InboxJournalTable,
  SessionCredsTable,
  SessionKeyTable,
} from './schema/sessions.ts';
import type { AccountTable, IdempotencyTable, InstanceTable, MetaTable } from './schema/tenancy.ts';

/*
 * One schema for SQLite and PostgreSQL. Times are Unix milliseconds, flags are 0 or 1, JSON is text:
 * both databases then return the same JavaScript values, and one set of repository tests covers both.
 * Columns named `*_sealed` hold what `Seal` made, never clear text.
 */

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
