import type { Queries } from '../storage/queries.ts';
import type { ContactRow, MessageRow } from '../storage/schema.ts';

/** The row of a poll. */
export type Poll = Pick<MessageRow, 'chat' | 'message_id' | 'from_me'>;

export interface PollVote {
  /** `contacts.id`; null for the account itself. */
  voter: string | null;
  /** Id of the message that the vote came in. */
  id: string;
  /** Names of the options chosen; empty withdraws the vote. */
  options: string[];
  /** Unix milliseconds, the voter's time. */
  at: number;
}

const SELF = '';

/** Who chose what in the polls of one instance. Use it inside the transaction that `db` is. */
export class PollVotes {
  readonly #db: Queries;
  readonly #instanceId: string;

  constructor(db: Queries, instanceId: string) {
    this.#db = db;
    this.#instanceId = instanceId;
  }

  /** Keeps a vote in the place of the voter's earlier one; one that is older than what is kept changes nothing. */
  async record(poll: Poll, { voter, id, options, at }: PollVote): Promise<void> {
    const chosen = { vote_id: id, options: JSON.stringify(options), voted_at: at };
    await this.#db
      .insertInto('poll_votes')
      .values({
        instance_id: this.#instanceId,
        chat: poll.chat,
        poll_id: poll.message_id,
        poll_from_me: poll.from_me,
        voter: voter ?? SELF,
        ...chosen,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['instance_id', 'chat', 'poll_id', 'poll_from_me', 'voter'])
          .doUpdateSet(chosen)
          .where('poll_votes.voted_at', '<=', at),
      )
      .execute();
  }

  /** The present votes, oldest first; withdrawn ones are left out. */
  async of({ chat, message_id, from_me }: Poll): Promise<PollVote[]> {
    const rows = await this.#db
      .selectFrom('poll_votes')
      .selectAll()
      .where('instance_id', '=', this.#instanceId)
      .where('chat', '=', chat)
      .where('poll_id', '=', message_id)
      .where('poll_from_me', '=', from_me)
      .where('options', '<>', '[]')
      .orderBy('voted_at')
      .orderBy('vote_id')
      .execute();
    return rows.map(({ voter, vote_id, options, voted_at }) => ({
      voter: voter === SELF ? null : voter,
      id: vote_id,
      options: JSON.parse(options),
      at: voted_at,
    }));
  }
}

/** Two rows are one person: where both have voted in a poll, the vote of `keep` stays. */
export async function moveVotes(db: Queries, keep: ContactRow, lose: ContactRow): Promise<void> {
  const kept = db
    .selectFrom('poll_votes')
    .select(['chat', 'poll_id', 'poll_from_me'])
    .where('instance_id', '=', keep.instance_id)
    .where('voter', '=', keep.id);
  await db
    .deleteFrom('poll_votes')
    .where('instance_id', '=', keep.instance_id)
    .where('voter', '=', lose.id)
    .where((is) =>
      is(
        is.refTuple('chat', 'poll_id', 'poll_from_me'),
        'in',
        kept.$asTuple('chat', 'poll_id', 'poll_from_me'),
      ),
    )
    .execute();
  await db
    .updateTable('poll_votes')
    .set({ voter: keep.id })
    .where('instance_id', '=', keep.instance_id)
    .where('voter', '=', lose.id)
    .execute();
}
