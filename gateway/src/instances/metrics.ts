import { sql } from 'kysely';
import { timestamp } from '../clock.ts';
import type { Queries } from '../storage/queries.ts';

const BASIC_TYPES = ['text', 'image', 'audio', 'video', 'document', 'sticker'] as const;
const MEDIA_TYPES = ['image', 'audio', 'video', 'document', 'sticker'] as const;
const STATUSES = ['pending', 'sent', 'delivered', 'read', 'played', 'failed'] as const;
const UNCOUNTED_TYPES = ['reaction', 'message_edit', 'message_revoke'];
const STORIES = 'status@broadcast';
const DAY_MS = 24 * 3_600_000;

/** One group of messages that are alike in everything that is counted. */
interface Tally {
  type: string;
  from_me: number;
  status: string | null;
  is_group: number;
  count: number;
  week: number;
  month: number;
  first: number;
  last: number;
}

/** Counters over the stored messages of these instances together. Counted in the database, on every call. */
export async function messageMetrics(db: Queries, instanceIds: string[], now: number) {
  const tallies = await tallyMessages(db, instanceIds, now);
  const chats = await countChats(db, instanceIds);
  const sum = (which: (tally: Tally) => boolean, what: 'count' | 'week' | 'month' = 'count') =>
    tallies.filter(which).reduce((total, tally) => total + tally[what], 0);
  const byType = (names: readonly string[]) =>
    Object.fromEntries(names.map((type) => [type, sum((tally) => tally.type === type)]));
  const types = new Set<string>([...BASIC_TYPES, ...tallies.map(({ type }) => type)]);
  const isMedia = (type: string) => (MEDIA_TYPES as readonly string[]).includes(type);
  const firstAt = Math.min(...tallies.map(({ first }) => first));
  const lastAt = Math.max(...tallies.map(({ last }) => last));
  return {
    totalMessages: sum(() => true),
    messagesReceived: sum(({ from_me }) => from_me === 0),
    messagesSent: sum(({ from_me }) => from_me === 1),
    messagesByType: byType([...types]),
    groupMessages: sum(({ is_group }) => is_group === 1),
    individualMessages: sum(({ is_group }) => is_group === 0),
    messagesWithMedia: sum(({ type }) => isMedia(type)),
    mediaByType: byType(MEDIA_TYPES),
    messagesByStatus: Object.fromEntries(
      STATUSES.map((status) => [
        status,
        sum((tally) => tally.from_me === 1 && (tally.status ?? 'sent') === status),
      ]),
    ),
    ...chats,
    messagesLast7Days: sum(() => true, 'week'),
    messagesLast30Days: sum(() => true, 'month'),
    firstMessageAt: tallies.length === 0 ? null : timestamp(firstAt),
    lastMessageAt: tallies.length === 0 ? null : timestamp(lastAt),
  };
}

function counted(db: Queries, instanceIds: string[]) {
  return db
    .selectFrom('messages')
    .where('instance_id', 'in', instanceIds)
    .where('chat', '!=', STORIES)
    .where('type', 'not in', UNCOUNTED_TYPES);
}

function tallyMessages(db: Queries, instanceIds: string[], now: number): Promise<Tally[]> {
  const since = (days: number) =>
    sql<number>`sum(case when sent_at >= ${now - days * DAY_MS} then 1 else 0 end)`;
  return counted(db, instanceIds)
    .select(['type', 'from_me', 'status', 'is_group'])
    .select((e) => [
      e.fn.countAll<number>().as('count'),
      since(7).as('week'),
      since(30).as('month'),
      e.fn.min('sent_at').as('first'),
      e.fn.max('sent_at').as('last'),
    ])
    .groupBy(['type', 'from_me', 'status', 'is_group'])
    .execute();
}

/** A chat of two instances counts twice: the numbers of several instances are added up. */
async function countChats(db: Queries, instanceIds: string[]) {
  const chats = await db
    .selectFrom(
      counted(db, instanceIds)
        .select(['instance_id', 'chat', 'is_group'])
        .select(sql<number>`case when chat like '%@newsletter' then 1 else 0 end`.as('newsletter'))
        .distinct()
        .as('chats'),
    )
    .select(['is_group', 'newsletter'])
    .select((e) => e.fn.countAll<number>().as('count'))
    .groupBy(['is_group', 'newsletter'])
    .execute();
  const sum = (which: (row: (typeof chats)[number]) => boolean) =>
    chats.filter(which).reduce((total, { count }) => total + count, 0);
  return {
    uniqueChats: sum(() => true),
    uniqueGroups: sum(({ is_group }) => is_group === 1),
    uniqueContacts: sum(({ is_group, newsletter }) => is_group === 0 && newsletter === 0),
  };
}
