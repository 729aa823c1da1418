import { timestamp } from '../../clock.ts';
import type { Queries } from '../../storage/queries.ts';
import type { MessageRow } from '../../storage/schema.ts';
import { statusCode, statusWord } from '../status.ts';
import { displayNamesOf } from './display-names.ts';
import { type Reader, readMessages } from './items.ts';

/** The `data` of `getMessage`. */
export async function messageData(db: Queries, reader: Reader, row: MessageRow) {
  const [read] = await readMessages(db, reader, [row]);
  if (!read) throw new Error('a row that is there is read');
  const { chat, author, media } = read;
  const isIncomingPrivate = row.from_me === 0 && !row.chat.includes('@');
  return {
    content: row.content,
    type: row.type,
    from: author.jid,
    to: isIncomingPrivate ? (reader.number_jid ?? '') : chat.jid,
    chat: chat.jid,
    timestamp: timestamp(row.sent_at),
    isGroup: row.is_group === 1,
    status: statusWord(row),
    ...(media && { media }),
  };
}

/** What `status` answers for a message. */
export async function deliveryStatus(db: Queries, reader: Reader, row: MessageRow) {
  const nameOf = await displayNamesOf(db, reader.id, [row.chat]);
  const status = statusWord(row);
  return {
    message_id: row.message_id,
    status,
    status_code: statusCode(status),
    direction: row.from_me === 1 ? 'sent' : 'received',
    chat_jid: nameOf(row.chat).jid,
    timestamp: timestamp(row.sent_at),
  };
}
