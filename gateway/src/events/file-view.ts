/** Why an event shows no file: the values of `media.error` that clients read. */
export type FileError = 'timeout' | 'download_failed' | 'expired' | 'upload_failed' | 'too_large';

/** The three fields of a `media` block that say where the file is. */
export interface FileView {
  s3Url: string | null;
  base64: string | null;
  error: FileError | null;
}

/** A file as it stands now: in the folder, in the bucket, or not available. */
export interface FileState {
  s3Url: string | null;
  error: FileError | null;
  /** Bytes; null when it is not here. */
  size: number | null;
  /** The file itself, when a channel wants it and may have it. */
  base64: string | null;
}

/** Largest files that are inlined. Several of a socket's must fit into what may wait for it. */
export const WEBHOOK_BASE64_BYTES = 16 * 1024 * 1024;
export const WEBSOCKET_BASE64_BYTES = 1024 * 1024;

/** What an event shows that left before its file was there. */
export const TIMED_OUT: FileView = { s3Url: null, base64: null, error: 'timeout' };

/** What a channel shows of a file. */
export function fileView(
  { s3Url, error, size, base64 }: FileState,
  wanted: boolean,
  limit: number,
): FileView {
  if (!wanted || size === null) return { s3Url, base64: null, error };
  if (size > limit) return { s3Url, base64: null, error: error ?? 'too_large' };
  return { s3Url, base64, error };
}

/** JSON of an event's `data` with these fields in its `media` block; unchanged when it has none. */
export function withFile(data: string, { s3Url, base64, error }: FileView): string {
  const parsed = JSON.parse(data) as WithMedia;
  const media = mediaBlock(parsed);
  if (!media) return data;
  Object.assign(media, { s3Url, base64, error });
  return JSON.stringify(parsed);
}

/** `message.exchange` has the block in its message, `message.update` has it itself. */
export interface WithMedia {
  message?: { media: object | null };
  media?: object | null;
}

export function mediaBlock(data: WithMedia): object | null {
  return data.message?.media ?? data.media ?? null;
}
