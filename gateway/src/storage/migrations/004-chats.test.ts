import { join } from 'node:path';
import { Kysely, type Migration, Migrator, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { atEnd } from '../../testing/at-end.ts';
import { postgresDialect } from '../postgres.ts';
import type { Database } from '../schema.ts';
import { sqliteDialect } from '../sqlite.ts';
import { databases, type TestStorage } from '../testing/databases.ts';
import { firstTables } from './001-first-tables.ts';
import { pollVotes } from './003-poll-votes.ts';
import { chats } from './004-chats.ts';

const GROUP = '120363406289005073@g.us';
const AT = Date.UTC(2026, 3, 28, 10, 30);

/** A database as it was before. */
async function earlier({ dialect, target, folder, db: migrated }: TestStorage) {
  if (target.dialect === 'postgres') await sql`drop schema public cascade`.execute(migrated);
  if (target.dialect === 'postgres') await sql`create schema public`.execute(migrated);
  const db = new Kysely<Database>({
    dialect:
      target.dialect === 'postgres'
        ? postgresDialect(target.url, 2).dialect
        : sqliteDialect(join(folder, 'earlier.db')).dialect,
  });
  atEnd(() => db.destroy());
  const migrations: Record<string, Migration> = { '001': firstTables(dialect), '003': pollVotes() };
  const migrate = async () => {
    const provider = { getMigrations: async () => migrations };
    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    if (error) throw error;
  };
  await migrate();
  migrations['004'] = chats(dialect);
  return { db, migrate };
}

describe.each(databases)('an earlier database on $name', ({ open }) => {
  test('keeps every message and vote, and gets its list of conversations', async () => {
    const { db, migrate } = await earlier(await open());
    await sql`insert into accounts (id, name, rate_limit_per_minute, allowed_origins, token_hash, created_at,
      updated_at) values ('a', 'a', 1, '[]', 'x', 0, 0)`.execute(db);
    const token = new Uint8Array(1);
    await sql`insert into instances (id, account_id, name, token_lookup, token_sealed, desired, link, profile_name,
      is_business, business_name, settings, created_at, updated_at)
      values ('i', 'a', 'i', 'x', ${token}, 'running', 'linked', '', 0, '', '{}', 0, 0)`.execute(db);
    const store = (chat: string, id: string, type: string, fromMe: number, at: number) =>
      sql`insert into messages
      (instance_id, chat, message_id, from_me, type, content, status, source, is_group, content_proto, sent_at,
      stored_at) values ('i', ${chat}, ${id}, ${fromMe}, ${type}, 'x', ${fromMe ? 'sent' : null}, '', 0, ${token},
      ${at}, 0)`.execute(db);
    await store('person', 'P', 'poll', 0, AT + 999);
    await store('person', 'R', 'reaction', 0, AT + 5_000);
    await store(GROUP, 'G', 'text', 1, AT);
    await store('status@broadcast', 'S', 'image', 0, AT);
    await sql`insert into poll_votes (instance_id, chat, poll_id, poll_from_me, voter, vote_id, options, voted_at)
      values ('i', 'person', 'P', 0, 'v', 'V', '[]', 0)`.execute(db);

    await migrate();
    const messages = await db
      .selectFrom('messages')
      .select(['message_id', 'status', 'sent_at', 'in_history'])
      .orderBy('message_id')
      .execute();
    expect(messages).toEqual([
      { message_id: 'G', status: 'sent', sent_at: AT, in_history: 1 },
      { message_id: 'P', status: 'received', sent_at: AT, in_history: 1 },
      { message_id: 'R', status: 'received', sent_at: AT + 5_000, in_history: 0 },
      { message_id: 'S', status: 'received', sent_at: AT, in_history: 1 },
    ]);
    const listed = db.selectFrom('chats').select(['chat', 'kind', 'activity_at', 'unread_count']);
    expect(await listed.orderBy('chat').execute()).toEqual([
      { chat: GROUP, kind: 'group', activity_at: AT, unread_count: 0 },
      { chat: 'person', kind: 'private', activity_at: AT, unread_count: 0 },
    ]);
    expect(await db.selectFrom('poll_votes').select('vote_id').execute()).toEqual([{ vote_id: 'V' }]);
    await db.deleteFrom('messages').where('message_id', '=', 'P').execute();
    expect(await db.selectFrom('poll_votes').select('vote_id').execute()).toEqual([]);
  });
});
