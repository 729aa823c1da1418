import type { Kysely, Migration } from 'kysely';

/**
 * The present choice of everybody who voted in a poll. A vote belongs to the row of its poll: it moves with that when
 * two chats turn out to be one, and goes with it. The key serves the look-up of a poll as well.
 */
export function pollVotes(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('poll_votes')
        .addColumn('instance_id', 'text', (c) => c.notNull())
        .addColumn('chat', 'text', (c) => c.notNull())
        .addColumn('poll_id', 'text', (c) => c.notNull())
        .addColumn('poll_from_me', 'integer', (c) => c.notNull())
        .addColumn('voter', 'text', (c) => c.notNull())
        .addColumn('vote_id', 'text', (c) => c.notNull())
        .addColumn('options', 'text', (c) => c.notNull())
        .addColumn('voted_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('poll_votes_pk', ['instance_id', 'chat', 'poll_id', 'poll_from_me', 'voter'])
        .addForeignKeyConstraint(
          'poll_votes_poll',
          ['instance_id', 'chat', 'poll_id', 'poll_from_me'],
          'messages',
          ['instance_id', 'chat', 'message_id', 'from_me'],
          (constraint) => constraint.onDelete('cascade').onUpdate('cascade'),
        )
        .execute();
    },
  };
}
