import type { Kysely, Migration } from 'kysely';

/** What each instance knows of the channels that it met. */
export const newsletters: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('newsletters')
      .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
      .addColumn('jid', 'text', (c) => c.notNull())
      .addColumn('state', 'text')
      .addColumn('name', 'text')
      .addColumn('description', 'text')
      .addColumn('invite', 'text')
      .addColumn('subscribers', 'bigint')
      .addColumn('picture_url', 'text')
      .addColumn('role', 'text')
      .addColumn('following', 'integer', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('newsletters_pk', ['instance_id', 'jid'])
      .execute();
  },
};
