import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { Failure } from '../../failure.ts';
import { type Blobs, BlobTooLarge } from '../../storage/blobs.ts';
import { BucketFailed, type S3Bucket } from '../../storage/s3-bucket.ts';
import type { InstanceRow, MediaRow } from '../../storage/schema.ts';
import { FileDamaged } from '../../whatsapp/media/decrypt.ts';
import { DownloadFailed, download } from '../../whatsapp/media/download.ts';
import type { FileReference } from '../../whatsapp/media/file-reference.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import type { FetchFailure } from './fetch-schedule.ts';
import type { ClaimedFile, FileQueue } from './file-queue.ts';
import { objectName, safeMimeType } from './object-name.ts';

export interface FetchDeps {
  queue: FileQueue;
  blobs: Blobs;
  /** Largest file that is fetched, bytes. */
  maxBytes: number;
  /** The way to WhatsApp's media hosts for an instance; `done` when it is needed no longer. */
  route(instance: InstanceRow): { dispatcher: Dispatcher; done(): Promise<void> };
  /** The instance's bucket; null = none. Throws when its settings cannot be used. */
  bucketOf(instance: InstanceRow): S3Bucket | null;
  sessions: { session(instanceId: string): Pick<Session, 'media'> };
}

type FileError = NonNullable<MediaRow['error']>;

/** How far an attempt came. */
export interface Fetched {
  /** Bytes of the local file; null when there is none. */
  size: number | null;
  object: { object_key: string; s3_url: string } | null;
  /** Why it is not finished; null when it is. */
  failed: { error: FileError; how: FetchFailure; cause: unknown } | null;
}

/** The message of the file is gone, so the file is not needed any more. */
export class Unwanted extends Error {
  override name = 'Unwanted';
}

/** One attempt at what is still missing of a file: from WhatsApp to the folder, from there to the bucket. */
export async function fetchMessageFile(
  deps: FetchDeps,
  file: ClaimedFile,
  signal: AbortSignal,
): Promise<Fetched> {
  const instance = await deps.queue.instanceOf(file);
  const reference = await deps.queue.reference(file);
  if (!instance || !reference) throw new Unwanted('the message is gone');
  const kept = file.object_key && file.s3_url ? { object_key: file.object_key, s3_url: file.s3_url } : null;
  let local = await localFile(deps.blobs, file);
  if (!local) {
    const got = await new Download(deps, instance, file, signal).get(reference);
    if ('error' in got) return { size: null, object: kept, failed: got };
    local = got;
    if (!(await deps.queue.stored(file, local.size, local.sha256))) throw new Unwanted('the message is gone');
  }
  const { size } = local;
  if (kept) return { size, object: kept, failed: null };
  try {
    const object = await upload(deps, instance, { ...file, ...local }, reference, signal);
    return { size, object, failed: null };
  } catch (error) {
    signal.throwIfAborted();
    const how = error instanceof BucketFailed && !error.refused ? 'unreachable' : 'refused';
    return { size, object: null, failed: { error: 'upload_failed', how, cause: error } };
  }
}

/** The file in the folder; null when it is not there, or was changed from outside. */
async function localFile(
  blobs: Blobs,
  { instance_id: instanceId, id, size, sha256 }: ClaimedFile,
): Promise<{ size: number; sha256: Uint8Array } | null> {
  if (size === null || !sha256) return null;
  return (await blobs.size({ instanceId, id })) === size ? { size, sha256 } : null;
}

class Download {
  readonly #deps: FetchDeps;
  readonly #instance: InstanceRow;
  readonly #file: ClaimedFile;
  readonly #signal: AbortSignal;

  constructor(deps: FetchDeps, instance: InstanceRow, file: ClaimedFile, signal: AbortSignal) {
    this.#deps = deps;
    this.#instance = instance;
    this.#file = file;
    this.#signal = signal;
  }

  async get(reference: FileReference) {
    try {
      return await this.#fromCdn(reference);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof DownloadFailed && error.reason === 'gone')) return failed(error);
    }
    try {
      const directPath = await this.#uploadedAgain(reference);
      if (directPath === null) return { error: 'expired' as const, how: 'doubtful' as const, cause: null };
      await this.#deps.queue.moved(this.#file, directPath);
      return await this.#fromCdn({ ...reference, directPath });
    } catch (error) {
      this.#signal.throwIfAborted();
      const unanswered = error instanceof SendFailed || error instanceof Failure;
      const gone = error instanceof DownloadFailed && error.reason === 'gone';
      if (unanswered || gone) return { error: 'expired' as const, how: 'unreachable' as const, cause: error };
      return failed(error);
    }
  }

  async #fromCdn(reference: FileReference): Promise<{ size: number; sha256: Uint8Array }> {
    const { blobs, maxBytes, route } = this.#deps;
    const way = route(this.#instance);
    const hash = createHash('sha256');
    try {
      const clear = await download(reference, way.dispatcher, this.#signal);
      const name = { instanceId: this.#instance.id, id: this.#file.id };
      const size = await blobs.write(name, hashed(clear, hash), maxBytes);
      return { size, sha256: hash.digest() };
    } finally {
      await way.done();
    }
  }

  /** null: no device has the file any more. Files of channels are on no phone. */
  #uploadedAgain({ mediaKey }: FileReference): Promise<string | null> {
    const { message_id: id, remote_jid: chat, participant, from_me } = this.#file;
    if (!mediaKey) return Promise.resolve(null);
    const { media } = this.#deps.sessions.session(this.#instance.id);
    return media.requestReupload({ chat, id, fromMe: from_me === 1, participant }, mediaKey);
  }
}

async function upload(
  { blobs, bucketOf, queue }: FetchDeps,
  instance: InstanceRow,
  file: ClaimedFile & { size: number; sha256: Uint8Array },
  { fileName }: FileReference,
  signal: AbortSignal,
): Promise<Fetched['object']> {
  const bucket = bucketOf(instance);
  if (!bucket) return null;
  try {
    const { message_id: messageId, mime_type: mimeType, id, size, sha256 } = file;
    const unique = (await queue.sharesId(file)) ? id.slice(0, 8) : null;
    const key = bucket.key(objectName({ messageId, mimeType, fileName, unique }));
    const body = blobs.read({ instanceId: instance.id, id });
    await bucket.put({ key, size, sha256, contentType: safeMimeType(mimeType) }, body, signal);
    return { object_key: key, s3_url: bucket.url(key) };
  } finally {
    bucket.close();
  }
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}

function failed(cause: unknown): { error: FileError; how: FetchFailure; cause: unknown } {
  if (cause instanceof BlobTooLarge) return { ...lost('too_large'), cause };
  if (cause instanceof FileDamaged) return { error: 'download_failed', how: 'doubtful', cause };
  if (cause instanceof DownloadFailed && cause.reason === 'refused') {
    return { ...lost('download_failed'), cause };
  }
  return { error: 'download_failed', how: 'unreachable', cause };
}

function lost(error: FileError) {
  return { error, how: 'lost' as const, cause: null };
}
