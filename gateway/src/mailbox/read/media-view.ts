import { inParts } from '../../storage/in-parts.ts';
import type { Queries } from '../../storage/queries.ts';
import type { MessageRow } from '../../storage/schema.ts';
import type { Media } from '../../whatsapp/inbound/blocks.ts';

/** What the gateway has of a message's file. */
export interface StoredFile {
  /** It can be handed out now. */
  available: boolean;
  /** In the instance's bucket. */
  url: string | null;
}

type Key = Pick<MessageRow, 'chat' | 'message_id' | 'from_me'>;

/** The stored files of messages. */
export async function filesOf(
  db: Queries,
  instanceId: string,
  messages: Key[],
): Promise<(message: Key) => StoredFile> {
  const files = new Map<string, StoredFile>();
  for (const part of inParts(messages)) {
    const rows = await db
      .selectFrom('media')
      .select(['chat', 'message_id', 'from_me', 'size', 'object_key', 's3_url'])
      .where('instance_id', '=', instanceId)
      .where(
        'message_id',
        'in',
        part.map(({ message_id }) => message_id),
      )
      .execute();
    for (const row of rows) {
      const available = row.size !== null || row.object_key !== null;
      files.set(keyOf(row), { available, url: row.s3_url });
    }
  }
  return (message) => files.get(keyOf(message)) ?? { available: false, url: null };
}

const keyOf = ({ chat, message_id, from_me }: Key) => `${from_me} ${message_id} ${chat}`;

const KINDS: Partial<Record<Media['type'], string>> = { ptt: 'audio', ptv: 'video' };

/** The `media` object of a stored message; keys that do not apply are absent. */
export function mediaView(media: Media, { available, url }: StoredFile) {
  const type = KINDS[media.type] ?? media.type;
  const plays = type === 'audio' || type === 'video';
  return {
    type,
    mimeType: media.mimeType ?? '',
    size: media.size ?? 0,
    ...(plays && media.duration !== null && { duration: media.duration }),
    ...(media.fileName && { fileName: media.fileName }),
    ...(media.caption && { caption: media.caption }),
    ...(type === 'audio' && { isVoiceNote: media.isVoiceNote }),
    ...(url && { url }),
    available,
  };
}
