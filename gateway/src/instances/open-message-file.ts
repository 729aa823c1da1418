import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Media } from './media/create.ts';
import { findFile, openFile, type StoredFile } from './media/stored-file.ts';

export interface MessageFileDeps {
  db: Queries;
  clock: Clock;
  media: Pick<Media, 'blobs' | 'fetcher' | 'bucketOf'>;
  log: Logger;
  /** Throws `instance_not_connected`. */
  sessions: { session(instanceId: string): unknown };
}

export interface MessageFile {
  file: StoredFile;
  body: Readable;
  /** Bytes */
  size: number;
}

/**
 * Opens the file of a message. Throws `media_unavailable` when there is none, and `instance_not_connected` when it is
 * not stored and could be fetched over a connection only.
 */
export async function openMessageFile(
  instance: InstanceRow,
  messageId: string,
  { db, clock, media, log, sessions }: MessageFileDeps,
): Promise<MessageFile> {
  const found = await findFile({ db, clock, fetcher: media.fetcher }, instance.id, messageId);
  if (found === 'not stored') sessions.session(instance.id);
  if (found === 'none' || found === 'not stored') throw failure('media_unavailable');
  try {
    const opened = await openFile(media, instance, found.file);
    if (opened) return { file: found.file, ...opened };
  } catch (error) {
    log.warn({ err: error, instanceId: instance.id }, 'a file could not be read from its bucket');
  }
  throw failure('media_unavailable');
}
