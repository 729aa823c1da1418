import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

const MESSAGE = ['instance_id', 'chat', 'message_id', 'from_me'] as const;

/** Files of messages, and objects to be deleted in buckets. */
export function mediaFiles(dialect: Dialect): Migration {
  const blob = dialect === 'postgres' ? 'bytea' : 'blob';
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      await schema
        .createTable('media')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('instance_id', 'text', (c) => c.notNull())
        .addColumn('chat', 'text', (c) => c.notNull())
        .addColumn('message_id', 'text', (c) => c.notNull())
        .addColumn('from_me', 'integer', (c) => c.notNull())
        .addColumn('remote_jid', 'text', (c) => c.notNull())
        .addColumn('participant', 'text')
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('mime_type', 'text', (c) => c.notNull())
        .addColumn('event_id', 'text', (c) => c.notNull())
        .addColumn('waits_until', 'bigint')
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('error', 'text')
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('next_attempt_at', 'bigint')
        .addColumn('claim_id', 'text')
        .addColumn('claimed_until', 'bigint')
        .addColumn('direct_path', 'text')
        .addColumn('size', 'bigint')
        .addColumn('sha256', blob)
        .addColumn('object_key', 'text')
        .addColumn('s3_url', 'text')
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addUniqueConstraint('media_of_message', ['instance_id', 'message_id', 'chat', 'from_me'])
        // A row goes with its message, and follows it into the chat that it is merged with.
        .addForeignKeyConstraint('media_message', [...MESSAGE], 'messages', [...MESSAGE], (c) =>
          c.onDelete('cascade').onUpdate('cascade'),
        )
        .execute();
      // The fetcher looks at what is still to be done only.
      await schema
        .createIndex('media_due')
        .on('media')
        .columns(['instance_id', 'next_attempt_at'])
        .where(sql<boolean>`next_attempt_at is not null`)
        .execute();
      await schema
        .createIndex('media_by_age')
        .on('media')
        .column('created_at')
        .where(sql<boolean>`size is not null`)
        .execute();
      await schema
        .createIndex('media_by_owner')
        .on('media')
        .columns(['instance_id', 'created_at'])
        .where(sql<boolean>`size is not null`)
        .execute();

      await schema
        .createTable('doomed_objects')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('object_key', 'text', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('next_attempt_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('doomed_objects_pk', ['instance_id', 'object_key'])
        .execute();
    },
  };
}
