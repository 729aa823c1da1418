import type { Kysely, Migration } from 'kysely';

/** Which message was sent under a key: its answer names the id also where it is an error. */
export const idempotentMessages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('idempotency_keys').addColumn('message_id', 'text').execute();
  },
};
