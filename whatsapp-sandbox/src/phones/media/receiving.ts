import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { proto } from 'baileys';
import { decryptMedia, type KeyPurpose } from '../../media/ciphers.ts';
import type { ServerWith } from '../../server/context.ts';
import type { Recent } from '../recent.ts';
import { type HeldMedia, MEDIA_FIELDS, type MediaContent, type MediaField, uploadType } from './held.ts';

/** What a phone needs to download the files of a message. */
export interface FileReceiver {
  readonly ctx: ServerWith<'media'>;
  /** Files of messages, by the message's id. */
  readonly gallery: Recent<HeldMedia>;
}

/** A file that came with a message, downloaded and decrypted; `error` says why it could not be. */
export interface ReceivedMedia {
  /** The field that carried it, without `Message`: `image`, `document`, …; `linkThumbnail` for a link's picture. */
  kind: string;
  mimetype: string | undefined;
  directPath: string;
  /** Bytes and SHA-256 (hexadecimal) of the clear file. */
  size?: number;
  sha256?: string;
  error?: string;
  fileName?: string | undefined;
  seconds?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  voice?: boolean | undefined;
  gif?: boolean | undefined;
  animated?: boolean | undefined;
  viewOnce?: boolean | undefined;
  waveform?: number[] | undefined;
  /** The small JPEG inside the message, base64. */
  thumbnail?: string | undefined;
}

interface Carried {
  kind: string;
  purpose: KeyPurpose;
  content: MediaContent;
}

/** Downloads every file of a message (cards have one each) and keeps the first for the phone's user. */
export async function receiveFiles(
  phone: FileReceiver,
  id: string,
  message: proto.IMessage,
  kind: string,
): Promise<{ media?: ReceivedMedia; attachments?: ReceivedMedia[] }> {
  const received: ReceivedMedia[] = [];
  for (const carried of carriedFiles(message)) {
    const report = describe(carried);
    try {
      const { held, ...digest } = await download(phone, carried);
      if (received.length === 0) phone.gallery.set(id, held);
      received.push({ ...report, ...digest });
    } catch (error) {
      received.push({ ...report, error: error instanceof Error ? error.message : String(error) });
    }
  }
  const [first] = received;
  if (first?.kind === kind) return { media: first };
  return first ? { attachments: received } : {};
}

/** The clear bytes of a file that a phone has. */
export function readHeld({ file, mediaKey, purpose }: HeldMedia): AsyncIterable<Uint8Array> {
  const stored = createReadStream(file.path);
  return mediaKey ? decryptMedia(stored, mediaKey, purpose) : stored;
}

async function download(
  phone: FileReceiver,
  { purpose, content }: Carried,
): Promise<{ held: HeldMedia; size: number; sha256: string }> {
  const file = phone.ctx.media.find(content.directPath ?? '');
  if (typeof file === 'number') throw new Error(`the media host answers ${file}`);
  const mediaKey = content.mediaKey?.length ? content.mediaKey : undefined;
  if (mediaKey && mediaKey.length !== 32) throw new Error('the media key is not 32 bytes');
  if (mediaKey && !file.sha256.equals(content.fileEncSha256 ?? Buffer.alloc(0))) {
    throw new Error('the hash of the encrypted file is wrong');
  }
  const held = { file, mediaKey, purpose, uploadType: uploadType(purpose) };
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of readHeld(held)) {
    hash.update(chunk);
    size += chunk.length;
  }
  const sha256 = hash.digest();
  if (!sha256.equals(content.fileSha256 ?? Buffer.alloc(0))) throw new Error('the hash of the file is wrong');
  if (content.fileLength != null && size !== Number(content.fileLength)) {
    throw new Error('the length of the file is wrong');
  }
  return { held, size, sha256: sha256.toString('hex') };
}

/** Every file that a message carries, however deep; what it quotes is not its own. */
function* carriedFiles(node: object): Generator<Carried> {
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue;
    if (name === 'contextInfo') continue;
    if (Object.hasOwn(MEDIA_FIELDS, name)) {
      const purpose = MEDIA_FIELDS[name as MediaField];
      yield { kind: name.replace(/Message$/, ''), purpose, content: value };
    } else if (name === 'extendedTextMessage') {
      const thumbnail = linkThumbnail(value);
      if (thumbnail) yield { kind: 'linkThumbnail', purpose: 'Link Thumbnail', content: thumbnail };
    } else yield* carriedFiles(value);
  }
}

/** The large picture of a link preview has the file's fields under names of their own. */
function linkThumbnail(message: proto.Message.IExtendedTextMessage): MediaContent | undefined {
  if (!message.thumbnailDirectPath) return undefined;
  const { thumbnailDirectPath, thumbnailSha256, thumbnailEncSha256, thumbnailWidth, thumbnailHeight } =
    message;
  return {
    directPath: thumbnailDirectPath,
    mediaKey: message.mediaKey ?? null,
    fileSha256: thumbnailSha256 ?? null,
    fileEncSha256: thumbnailEncSha256 ?? null,
    width: thumbnailWidth ?? null,
    height: thumbnailHeight ?? null,
    jpegThumbnail: message.jpegThumbnail ?? null,
  };
}

function describe({ kind, content }: Carried): ReceivedMedia {
  return {
    kind,
    mimetype: content.mimetype ?? undefined,
    directPath: content.directPath ?? '',
    fileName: content.fileName ?? undefined,
    seconds: content.seconds ?? undefined,
    width: content.width ?? undefined,
    height: content.height ?? undefined,
    voice: content.ptt ?? undefined,
    gif: content.gifPlayback ?? undefined,
    animated: content.isAnimated ?? undefined,
    viewOnce: content.viewOnce ?? undefined,
    waveform: content.waveform?.length ? [...content.waveform] : undefined,
    thumbnail: content.jpegThumbnail?.length
      ? Buffer.from(content.jpegThumbnail).toString('base64')
      : undefined,
  };
}
