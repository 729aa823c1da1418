import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Labels and what carries them, stars, and how far the state that all devices of an account share was read. */
export function labels(dialect: Dialect): Migration {
  const blob = dialect === 'postgres' ? 'bytea' : 'blob';
  return {
    async up(db: Kysely<unknown>) {
      const { schema } = db;
      await schema
        .createTable('labels')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('label_id', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('color', 'integer', (c) => c.notNull())
        .addColumn('predefined', 'integer', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('labels_pk', ['instance_id', 'label_id'])
        .execute();
      await schema
        .createTable('label_assignments')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('label_id', 'text', (c) => c.notNull())
        .addColumn('chat', 'text', (c) => c.notNull())
        .addColumn('message_id', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('label_assignments_pk', ['instance_id', 'label_id', 'chat', 'message_id'])
        .execute();
      await schema
        .createIndex('label_assignments_chat')
        .on('label_assignments')
        .columns(['instance_id', 'chat'])
        .execute();
      await schema
        .alterTable('messages')
        .addColumn('starred', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await schema
        .createTable('app_state')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('collection', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('hash', blob, (c) => c.notNull())
        .addPrimaryKeyConstraint('app_state_pk', ['instance_id', 'collection'])
        .execute();
      await schema
        .createTable('app_state_entries')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('collection', 'text', (c) => c.notNull())
        .addColumn('index_mac', 'text', (c) => c.notNull())
        .addColumn('value_mac', blob, (c) => c.notNull())
        .addPrimaryKeyConstraint('app_state_entries_pk', ['instance_id', 'collection', 'index_mac'])
        .execute();
    },
  };
}
