import { timestamp } from '../../clock.ts';
import { type FileState, mediaBlock } from '../../events/file-view.ts';
import type { Emit } from '../../events/outbox.ts';
import type { DatabaseTransaction } from '../../storage/queries.ts';
import type { MediaRow } from '../../storage/schema.ts';

/** `data` of a `message.exchange`, as far as it is repeated here. */
interface Exchange {
  id: string;
  chat: { jid: string };
  message: { media: object | null };
}

/**
 * Reports `message.update`: the file of a message came after its event had left, or will not come. Not when the event
 * is forgotten: then there is nothing that it could change.
 */
export async function reportFile(
  trx: DatabaseTransaction,
  emit: Emit,
  { id, event_id }: Pick<MediaRow, 'id' | 'event_id'>,
  change: 'media_ready' | 'media_failed',
  { state, now }: { state: FileState; now: number },
): Promise<void> {
  const event = await trx.selectFrom('events').select('data').where('id', '=', event_id).executeTakeFirst();
  if (!event) return;
  const data = JSON.parse(event.data) as Exchange;
  await emit({
    kind: 'message.update',
    lane: data.chat.jid,
    dedupeKey: `${change}:${id}`,
    data: {
      messageId: data.id,
      change,
      chat: data.chat,
      timestamp: timestamp(now),
      media: mediaBlock(data),
    },
    file: state,
  });
}
