import { randomUUID } from 'node:crypto';
import type { PendingFile } from '../events/new-event.ts';
import { query } from '../storage/prepared.ts';
import type { MediaRow } from '../storage/schema.ts';
import type { Content } from '../whatsapp/inbound/content.ts';
import type { Mailbox } from './mailbox.ts';
import { storable } from './storable.ts';

/** A stored message as far as its file is concerned. */
export interface MessageWithFile {
  id: string;
  /** `messages.chat` */
  chat: string;
  fromMe: boolean;
  content: Content;
  /** Chat and author as they came on the wire. */
  wire: { chat: string; participant: string | null };
}

const KINDS: ReadonlySet<string> = new Set<MediaRow['kind']>([
  'image',
  'video',
  'audio',
  'document',
  'sticker',
]);

/** Types of messages that are a file are called like the kind of file. */
export function isFileKind(type: string): type is MediaRow['kind'] {
  return KINDS.has(type);
}

/** Puts the file of a message down as one to be fetched, once the message was reported; undefined when it has none. */
export function fileToFetch(mailbox: Mailbox, message: MessageWithFile): PendingFile | undefined {
  const { type, media } = message.content;
  if (!media || !isFileKind(type)) return undefined;
  const { trx, instanceId, now } = mailbox.scope;
  return {
    async appended(event_id, waits_until) {
      await insert(trx, {
        id: randomUUID(),
        instance_id: instanceId,
        chat: message.chat,
        message_id: message.id,
        from_me: message.fromMe ? 1 : 0,
        remote_jid: message.wire.chat,
        participant: message.wire.participant,
        kind: type,
        mime_type: storable(media.mimeType ?? ''),
        event_id,
        waits_until,
        created_at: now,
      });
    },
  };
}

type NewFile = Pick<
  MediaRow,
  | 'id'
  | 'instance_id'
  | 'chat'
  | 'message_id'
  | 'from_me'
  | 'remote_jid'
  | 'participant'
  | 'kind'
  | 'mime_type'
  | 'event_id'
  | 'waits_until'
  | 'created_at'
>;

const insert = query((db, row: NewFile) =>
  db
    .insertInto('media')
    .values({
      id: row.id,
      instance_id: row.instance_id,
      chat: row.chat,
      message_id: row.message_id,
      from_me: row.from_me,
      remote_jid: row.remote_jid,
      participant: row.participant,
      kind: row.kind,
      mime_type: row.mime_type,
      event_id: row.event_id,
      waits_until: row.waits_until,
      state: 'fetching',
      attempts: 0,
      next_attempt_at: row.created_at,
      created_at: row.created_at,
    })
    // Reported anew as another type, the message is still the same and has the same file.
    .onConflict((conflict) => conflict.columns(['instance_id', 'message_id', 'chat', 'from_me']).doNothing()),
);
