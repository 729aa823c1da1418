import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** What acts on another message and is no item of a conversation, however it is stored. */
const NO_ITEMS = ['reaction', 'poll_vote', 'message_edit', 'message_revoke'];

/**
 * The list of conversations, the read state of what came in, and the order in which all of it is paged.
 *
 * The key of a message now begins with its id: so the one index finds a message by id and keeps it from being stored
 * twice, and the order in a conversation costs the hot path no index more than before.
 */
export function chats(dialect: Dialect): Migration {
  // Paging compares texts. SQLite compares bytes; PostgreSQL would follow the language of its cluster.
  const bytewise = dialect === 'postgres' ? sql`text collate "C"` : 'text';
  return {
    async up(db: Kysely<unknown>) {
      const schema = db.schema;
      await schema
        .createTable('chats')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('chat', bytewise, (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('name', 'text')
        .addColumn('activity_at', 'bigint', (c) => c.notNull().defaultTo(0))
        .addColumn('unread_count', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('marked_unread', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('archived', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('pinned_at', 'bigint')
        .addColumn('muted_until', 'bigint')
        .addColumn('favorite', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('deleted', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('cleared_to', 'bigint')
        .addColumn('clearing', 'integer', (c) => c.notNull().defaultTo(0))
        .addPrimaryKeyConstraint('chats_pk', ['instance_id', 'chat'])
        .execute();
      await schema
        .createIndex('chats_by_activity')
        .on('chats')
        .columns(['instance_id', 'activity_at'])
        .execute();
      await schema
        .createIndex('chats_clearing')
        .on('chats')
        .columns(['instance_id', 'chat'])
        .where(sql<boolean>`clearing = 1`)
        .execute();

      if (dialect === 'postgres') {
        await sql`alter table poll_votes drop constraint poll_votes_poll`.execute(db);
        await sql`alter table messages
          alter column chat type text collate "C", alter column message_id type text collate "C",
          drop constraint messages_pk,
          add constraint messages_pk primary key (instance_id, message_id, chat, from_me)`.execute(db);
        await sql`alter table contacts
          alter column jid type text collate "C", alter column lid type text collate "C"`.execute(db);
        await sql`alter table poll_votes add constraint poll_votes_poll
          foreign key (instance_id, chat, poll_id, poll_from_me)
          references messages (instance_id, chat, message_id, from_me)
          on delete cascade on update cascade`.execute(db);
        await schema.dropIndex('messages_by_id').execute();
      } else {
        await rebuildMessages(db);
      }
      await schema
        .alterTable('messages')
        .addColumn('in_history', 'integer', (c) => c.notNull().defaultTo(1))
        .execute();
      await schema
        .alterTable('messages')
        .addColumn('edited', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      const noItems = sql.join(NO_ITEMS);
      await sql`update messages set in_history = 0 where type in (${noItems})`.execute(db);
      await sql`update messages set sent_at = sent_at - sent_at % 1000`.execute(db);
      await sql`update messages set status = 'received' where from_me = 0 and status is null`.execute(db);
      await schema
        .createIndex('messages_in_chat')
        .on('messages')
        .columns(['instance_id', 'chat', 'sent_at', 'message_id'])
        .execute();
      await sql`create index contacts_shown on contacts (instance_id, (coalesce(jid, lid)))`.execute(db);

      await sql`insert into chats (instance_id, chat, kind, activity_at)
        select instance_id, chat,
          case when chat like '%@g.us' then 'group' when chat like '%@newsletter' then 'newsletter'
            else 'private' end,
          max(sent_at)
        from messages where in_history = 1 and chat <> 'status@broadcast'
        group by instance_id, chat`.execute(db);
    },
  };
}

/** SQLite cannot give a table another primary key. */
async function rebuildMessages(db: Kysely<unknown>): Promise<void> {
  await sql`create table messages_rebuilt (
    instance_id text not null references instances(id) on delete cascade,
    chat text not null,
    message_id text not null,
    from_me integer not null,
    sender text,
    type text not null,
    content text not null,
    status text,
    error_code integer,
    source text not null,
    is_group integer not null,
    content_proto blob not null,
    sent_at bigint not null,
    stored_at bigint not null,
    constraint messages_pk primary key (instance_id, message_id, chat, from_me)
  )`.execute(db);
  await sql`insert into messages_rebuilt (instance_id, chat, message_id, from_me, sender, type, content, status,
      error_code, source, is_group, content_proto, sent_at, stored_at)
    select instance_id, chat, message_id, from_me, sender, type, content, status,
      error_code, source, is_group, content_proto, sent_at, stored_at
    from messages`.execute(db);
  // With the table, SQLite deletes what refers to its rows.
  await sql`create temp table kept_votes as select * from poll_votes`.execute(db);
  await db.schema.dropTable('messages').execute();
  await sql`alter table messages_rebuilt rename to messages`.execute(db);
  await sql`insert into poll_votes select * from kept_votes`.execute(db);
  await sql`drop table kept_votes`.execute(db);
  await db.schema
    .createIndex('messages_by_time')
    .on('messages')
    .columns(['instance_id', 'sent_at'])
    .execute();
}
