import { timestamp } from '../../clock.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow, MessageRow } from '../../storage/schema.ts';
import { readMessage } from '../../whatsapp/stored-message.ts';
import { statusWord } from '../status.ts';
import { type DisplayName, type DisplayNameOf, displayNamesOf } from './display-names.ts';
import { filesOf, mediaView } from './media-view.ts';

/** Whose store is read. */
export type Reader = Pick<InstanceRow, 'id' | 'number_jid' | 'lid' | 'profile_name'>;

/** A stored message with everything that an answer shows of it. */
export interface ReadMessage {
  row: MessageRow;
  chat: DisplayName;
  author: DisplayName;
  media: ReturnType<typeof mediaView> | null;
  /** Id of the message that it answers. */
  replyTo: string | null;
}

/** Reads messages for an answer, in the order given, with as many queries for many as for one. */
export async function readMessages(db: Queries, reader: Reader, rows: MessageRow[]): Promise<ReadMessage[]> {
  const contents = rows.map((row) => readMessage(row.content_proto));
  const nameOf = await displayNamesOf(
    db,
    reader.id,
    rows.flatMap(({ chat, sender }) => (sender === null ? [chat] : [chat, sender])),
  );
  const fileOf = await filesOf(
    db,
    reader.id,
    rows.filter((_, i) => contents[i]?.media),
  );
  return rows.map((row, i) => {
    const content = contents[i];
    return {
      row,
      chat: nameOf(row.chat),
      author: authorOf(row, reader, nameOf),
      media: content?.media ? mediaView(content.media, fileOf(row)) : null,
      replyTo: content?.context?.messageId ?? null,
    };
  });
}

/** Without a sender it is the account itself, or the channel in which it was posted. */
function authorOf({ from_me, sender, chat }: MessageRow, reader: Reader, nameOf: DisplayNameOf): DisplayName {
  if (from_me === 0) return nameOf(sender ?? chat);
  const name = reader.profile_name || null;
  return { jid: reader.number_jid ?? '', lid: reader.lid, title: name, name };
}

/** An item of `history` and `list`. */
export function historyItem({ row, chat, author, media, replyTo }: ReadMessage) {
  return {
    messageId: row.message_id,
    id: row.message_id,
    chatJid: chat.jid,
    fromMe: row.from_me === 1,
    sender: { jid: author.jid, lid: author.lid, name: author.name },
    senderJid: author.jid,
    type: row.type,
    content: row.content,
    ...(media && { media }),
    timestamp: timestamp(row.sent_at),
    status: statusWord(row),
    ...(replyTo !== null && { replyTo: { messageId: replyTo } }),
    isEdit: row.edited === 1,
  };
}
