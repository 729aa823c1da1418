import type { TempFolder } from '../../../storage/temp-files.ts';
import type { UploadedFile, UploadType } from '../../ports/media.ts';
import type { proto } from '../../proto.ts';
import type { Session } from '../../session.ts';
import type { KeyPurpose } from '../keys.ts';
import { plainFile, type SealedFile, sealFile } from './encrypt.ts';
import type { PreparedMedia } from './prepare.ts';

const MEDIA_KEY_BYTES = 32;

const UPLOADS: Record<PreparedMedia['kind'], { type: UploadType; purpose: KeyPurpose }> = {
  image: { type: 'image', purpose: 'Image' },
  sticker: { type: 'image', purpose: 'Image' },
  video: { type: 'video', purpose: 'Video' },
  audio: { type: 'audio', purpose: 'Audio' },
  document: { type: 'document', purpose: 'Document' },
};

export interface Delivery {
  session: Pick<Session, 'media'>;
  folder: TempFolder;
  /** For a channel, where nothing is encrypted. */
  plain: boolean;
  random: (bytes: number) => Uint8Array;
  /** Unix milliseconds. */
  now: number;
}

/** A file at WhatsApp, with the fields that a message names it by. */
export interface DeliveredMedia {
  fields: FileFields;
  uploaded: UploadedFile;
  /** Bytes of the clear file. */
  size: number;
}

type FileFields = Pick<
  proto.Message.IImageMessage,
  | 'url'
  | 'directPath'
  | 'mimetype'
  | 'fileSha256'
  | 'fileLength'
  | 'mediaKey'
  | 'fileEncSha256'
  | 'mediaKeyTimestamp'
>;

/** Encrypts and uploads a prepared file; the encrypted copy is gone as soon as it is there. */
export async function deliver(media: PreparedMedia, delivery: Delivery): Promise<DeliveredMedia> {
  const { session, folder, plain, random, now } = delivery;
  const { type, purpose } = UPLOADS[media.kind];
  const file = plain
    ? await plainFile(media.path)
    : await sealFile(media.path, folder.next(), { mediaKey: random(MEDIA_KEY_BYTES), purpose });
  const uploaded = await session.media.upload({
    path: file.path,
    size: file.size,
    sha256: file.sealed?.sha256 ?? file.sha256,
    type,
    plain,
  });
  return { fields: fieldsOf(media, file, uploaded, now), uploaded, size: file.clearSize };
}

function fieldsOf(
  { mimeType }: PreparedMedia,
  { sha256, clearSize, sealed }: SealedFile,
  { url, directPath }: UploadedFile,
  now: number,
): FileFields {
  return {
    url,
    directPath,
    mimetype: mimeType,
    fileSha256: sha256,
    fileLength: clearSize,
    ...(sealed && {
      mediaKey: sealed.mediaKey,
      fileEncSha256: sealed.sha256,
      mediaKeyTimestamp: Math.floor(now / 1000),
    }),
  };
}
