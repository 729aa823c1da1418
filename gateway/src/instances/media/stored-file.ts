import type { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { isFileKind } from '../../mailbox/files.ts';
import type { Blobs } from '../../storage/blobs.ts';
import type { Queries } from '../../storage/queries.ts';
import type { S3Bucket } from '../../storage/s3-bucket.ts';
import type { InstanceRow, MediaRow } from '../../storage/schema.ts';
import type { Fetcher } from './fetcher.ts';

/** A file that is in the local folder or in the instance's bucket. */
export type StoredFile = MediaRow;

/** How long a reader waits for a file that is on its way. */
const WAIT_MS = 10_000;

/**
 * Opens a stored file; the local one first, which may be gone sooner than the one in the bucket. `size` is exact.
 * Throws `BucketFailed`.
 */
export async function openFile(
  { blobs, bucketOf }: { blobs: Blobs; bucketOf(instance: InstanceRow): S3Bucket | null },
  instance: InstanceRow,
  { id, size, object_key }: StoredFile,
): Promise<{ body: Readable; size: number } | null> {
  if (size !== null) return { body: blobs.read({ instanceId: instance.id, id }), size };
  const bucket = bucketOf(instance);
  return bucket && object_key !== null ? bucket.get(object_key, AbortSignal.timeout(WAIT_MS)) : null;
}

/** What a reader finds: the file, a message whose file is not here, or no message with a file. */
export type FoundFile = { file: StoredFile } | 'not stored' | 'none';

/**
 * The file of a message by its id alone; the newest when several chats have it. It waits for a file that is being
 * fetched at this moment, and starts nothing itself.
 */
export async function findFile(
  { db, clock, fetcher }: { db: Queries; clock: Clock; fetcher: Pick<Fetcher, 'isAt' | 'attempted'> },
  instanceId: string,
  messageId: string,
): Promise<FoundFile> {
  const file = await ofMessage(db, instanceId, messageId);
  if (!file) return 'none';
  if (isStored(file)) return { file };
  if (file.id === null) return 'not stored';
  const isNext = file.next_attempt_at !== null && file.next_attempt_at <= clock.now();
  if (!isNext && !fetcher.isAt(file.id)) return 'not stored';
  await fetcher.attempted(file.id, WAIT_MS);
  const again = await ofMessage(db, instanceId, messageId);
  return again && isStored(again) ? { file: again } : 'not stored';
}

async function ofMessage(db: Queries, instanceId: string, messageId: string) {
  const rows = await db
    .selectFrom('messages')
    .leftJoin('media', (join) =>
      join
        .onRef('media.instance_id', '=', 'messages.instance_id')
        .onRef('media.message_id', '=', 'messages.message_id')
        .onRef('media.chat', '=', 'messages.chat')
        .onRef('media.from_me', '=', 'messages.from_me'),
    )
    .selectAll('media')
    .select('messages.type')
    .where('messages.instance_id', '=', instanceId)
    .where('messages.message_id', '=', messageId)
    .orderBy('messages.stored_at', 'desc')
    .execute();
  const files = rows.filter(({ type }) => isFileKind(type));
  return files.find(isStored) ?? files[0];
}

type Found = { [K in keyof MediaRow]: MediaRow[K] | null };

function isStored(file: Found): file is StoredFile {
  return file.size !== null || file.object_key !== null;
}
