import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Chunks of history that the phone has announced and that are not taken in yet. */
export function history(dialect: Dialect): Migration {
  const blob = dialect === 'postgres' ? 'bytea' : 'blob';
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('history_chunks')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('message_id', 'text', (c) => c.notNull())
        .addColumn('notification', blob, (c) => c.notNull())
        .addColumn('done', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('announced_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('history_chunks_pk', ['instance_id', 'message_id'])
        .execute();
      // Who turns out to be another must be found in what he wrote in rooms, however much the instance has.
      await db.schema
        .createIndex('messages_by_author')
        .on('messages')
        .columns(['instance_id', 'sender'])
        .where(sql<boolean>`sender <> chat`)
        .execute();
      await db.schema.alterTable('instances').addColumn('history_days', 'integer').execute();
    },
  };
}
