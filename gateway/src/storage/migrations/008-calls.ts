import type { Kysely, Migration } from 'kysely';

/** What the offer of a call said: later events of the call carry only its id. */
export const calls: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('calls')
      .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
      .addColumn('call_id', 'text', (c) => c.notNull())
      .addColumn('is_video', 'integer', (c) => c.notNull())
      .addColumn('group_jid', 'text')
      .addColumn('offered_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('calls_pk', ['instance_id', 'call_id'])
      .execute();
    await db.schema.createIndex('calls_offered').on('calls').column('offered_at').execute();
  },
};
