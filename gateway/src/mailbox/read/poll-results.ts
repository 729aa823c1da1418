import { createHash } from 'node:crypto';
import { timestamp } from '../../clock.ts';
import { failure } from '../../failure.ts';
import type { Queries } from '../../storage/queries.ts';
import type { MessageRow } from '../../storage/schema.ts';
import { userOf } from '../../whatsapp/jid.ts';
import { readMessage } from '../../whatsapp/stored-message.ts';
import { PollVotes } from '../poll-votes.ts';
import { displayNamesOf } from './display-names.ts';
import type { Reader } from './items.ts';

/** The present votes of a stored poll. Throws `Message is not a poll`. */
export async function pollResults(db: Queries, reader: Reader, row: MessageRow) {
  const poll = row.type === 'poll' ? readMessage(row.content_proto)?.poll : undefined;
  if (!poll) throw failure('field_invalid', { text: 'Message is not a poll' });
  const votes = await new PollVotes(db, reader.id).of(row);
  const nameOf = await displayNamesOf(
    db,
    reader.id,
    votes.flatMap(({ voter }) => (voter === null ? [] : [voter])),
  );
  const voteDetails = votes.flatMap(({ voter, id, options, at }) =>
    options.map((optionName) => ({
      optionHash: createHash('sha256').update(optionName).digest('hex').toUpperCase(),
      optionName,
      senderJid: plain(voter === null ? (reader.number_jid ?? '') : nameOf(voter).jid),
      voteMessageId: id,
      createdAt: timestamp(at),
    })),
  );
  return {
    messageId: row.message_id,
    name: poll.title,
    votes: poll.options.map(({ name }) => ({
      optionName: name,
      optionVoteCount: voteDetails.filter(({ optionName }) => optionName === name).length,
    })),
    voteDetails,
  };
}

/** Digits alone; who is known by a LID only keeps its suffix. */
function plain(jid: string): string {
  return jid.endsWith('@lid') ? jid : userOf(jid);
}
