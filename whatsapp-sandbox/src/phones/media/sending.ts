import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { encryptMedia, type KeyPurpose } from '../../media/ciphers.ts';
import { storeSealed } from '../../media/sealed.ts';
import type { ServerWith } from '../../server/context.ts';
import { type HeldMedia, MEDIA_FIELDS, type MediaContent, type MediaField, uploadType } from './held.ts';

/** What a phone needs to upload a file. */
export interface Uploader {
  readonly ctx: ServerWith<'media' | 'seconds'>;
}

/** What a phone's user can pick; `gif` is a video that loops, `ptv` a round video note, `voice` a recording. */
export const MEDIA_KINDS = ['image', 'video', 'gif', 'ptv', 'audio', 'voice', 'document', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export interface MediaToSend {
  kind: MediaKind;
  clear: AsyncIterable<Uint8Array>;
  mimetype?: string | undefined;
  caption?: string | undefined;
  fileName?: string | undefined;
  seconds?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  pageCount?: number | undefined;
  /** Amplitudes of a voice note, 0 to 100. */
  waveform?: Uint8Array | undefined;
  jpegThumbnail?: Uint8Array | undefined;
  animated?: boolean | undefined;
  viewOnce?: boolean | undefined;
}

const FIELDS: Record<MediaKind, { field: MediaField; mimetype: string; more: Partial<MediaContent> }> = {
  image: { field: 'imageMessage', mimetype: 'image/jpeg', more: {} },
  video: { field: 'videoMessage', mimetype: 'video/mp4', more: {} },
  gif: { field: 'videoMessage', mimetype: 'video/mp4', more: { gifPlayback: true } },
  ptv: { field: 'ptvMessage', mimetype: 'video/mp4', more: {} },
  audio: { field: 'audioMessage', mimetype: 'audio/mp4', more: { ptt: false } },
  voice: { field: 'audioMessage', mimetype: 'audio/ogg; codecs=opus', more: { ptt: true } },
  document: { field: 'documentMessage', mimetype: 'application/octet-stream', more: {} },
  sticker: { field: 'stickerMessage', mimetype: 'image/webp', more: {} },
};

/** A file on the media host, with what a message says of it. */
export interface UploadedMedia {
  held: HeldMedia;
  fields: {
    url: string;
    directPath: string;
    mediaKey?: Uint8Array;
    fileEncSha256?: Uint8Array;
    fileSha256: Uint8Array;
    fileLength: number;
    /** Seconds since the epoch. */
    mediaKeyTimestamp?: number;
  };
}

/** The clear file that went out, and where it lies encrypted. */
export interface SentFile {
  directPath: string;
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Puts a file on the media host as it is: what a channel posts is not encrypted. */
export async function uploadPlain(
  phone: Uploader,
  clear: AsyncIterable<Uint8Array>,
  purpose: KeyPurpose,
): Promise<UploadedMedia> {
  const { ctx } = phone;
  const file = await ctx.media.receive(clear);
  const directPath = ctx.media.publish(file, uploadType(purpose));
  return {
    held: { file, mediaKey: undefined, purpose, uploadType: uploadType(purpose) },
    fields: {
      url: `https://${ctx.media.host}${directPath}`,
      directPath,
      fileSha256: file.sha256,
      fileLength: file.size,
    },
  };
}

/** Encrypts a file with a new key and puts it on the media host; it is never whole in memory. */
export async function uploadMedia(
  phone: Uploader,
  clear: AsyncIterable<Uint8Array>,
  purpose: KeyPurpose,
): Promise<UploadedMedia> {
  const { ctx } = phone;
  const mediaKey = randomBytes(32);
  const { file, digest } = await storeSealed(ctx.media, encryptMedia(clear, mediaKey, purpose));
  const directPath = ctx.media.publish(file, uploadType(purpose));
  return {
    held: { file, mediaKey, purpose, uploadType: uploadType(purpose) },
    fields: {
      url: `https://${ctx.media.host}${directPath}`,
      directPath,
      mediaKey,
      fileEncSha256: file.sha256,
      fileSha256: digest.sha256,
      fileLength: digest.size,
      mediaKeyTimestamp: ctx.seconds(),
    },
  };
}

/**
 * Uploads a file and composes the message that carries it, wrapped as phones do it. After sending, put `held`
 * under the message's id into the phone's `gallery`: from there it is uploaded again when a companion asks.
 * @param plain for a channel
 */
export async function composeMedia(
  phone: Uploader,
  media: MediaToSend,
  { contextInfo, plain = false }: { contextInfo?: proto.IContextInfo | undefined; plain?: boolean },
): Promise<{ message: proto.IMessage; held: HeldMedia; file: SentFile }> {
  const { kind, clear, caption, viewOnce, mimetype, animated, ...given } = media;
  const { field, mimetype: usual, more } = FIELDS[kind];
  const { held, fields } = await (plain ? uploadPlain : uploadMedia)(phone, clear, MEDIA_FIELDS[field]);
  const content: MediaContent = { ...fields, ...more, mimetype: mimetype ?? usual };
  for (const [name, value] of Object.entries({ caption, contextInfo, ...given })) {
    if (value !== undefined) Object.assign(content, { [name]: value });
  }
  if (animated) content.isAnimated = true;
  if (kind === 'document') content.title = content.fileName ?? null;
  if (viewOnce) content.viewOnce = true;
  const sha256 = Buffer.from(fields.fileSha256).toString('hex');
  const file = { directPath: fields.directPath, size: fields.fileLength, sha256 };
  return { message: wrap(kind, { [field]: content }, content), held, file };
}

function wrap(kind: MediaKind, message: proto.IMessage, { viewOnce, caption }: MediaContent): proto.IMessage {
  if (viewOnce && kind === 'voice') return { viewOnceMessageV2Extension: { message } };
  if (viewOnce) return { viewOnceMessageV2: { message } };
  return kind === 'document' && caption ? { documentWithCaptionMessage: { message } } : message;
}
