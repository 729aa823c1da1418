import { type Kysely, type Migration, sql } from 'kysely';

/** Deliveries that wait for the file of their message. */
export function media(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('deliveries').addColumn('waits_until', 'bigint').execute();
      await db.schema
        .createIndex('deliveries_waiting')
        .on('deliveries')
        .columns(['webhook_id', 'lane', 'event_id'])
        .where(sql<boolean>`status = 'pending' and attempts = 0 and waits_until is not null`)
        .execute();
    },
  };
}
