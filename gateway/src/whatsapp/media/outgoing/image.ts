import sharp, { type Sharp } from 'sharp';
import { whatsAppError } from '../../errors.ts';

/** Pixels of a picture that is decoded; a small file may claim to be far larger. */
const MAX_PIXELS = 100_000_000;
const THUMBNAIL_PIXELS = 72;
const THUMBNAIL_QUALITY = 50;
const JPEG_QUALITY = 85;

// One picture at a time on its own thread is enough, and remembered ones would only cost memory.
sharp.concurrency(1);
sharp.cache(false);

const AS_IT_IS = new Set(['image/jpeg', 'image/png']);

export interface Picture {
  path: string;
  mimeType: string;
}

export interface Sight {
  width: number;
  height: number;
  /** A small JPEG that clients show until the file is there. */
  thumbnail: Uint8Array;
}

/** A picture as WhatsApp takes it: JPEG and PNG as they are, other formats as JPEG in a file of their own. */
export async function showable(
  source: { path: string; sniffed: string | null; explicit: string | undefined },
  target: string,
): Promise<Picture> {
  const { path, sniffed, explicit } = source;
  if (sniffed !== null && AS_IT_IS.has(sniffed)) return { path, mimeType: explicit ?? sniffed };
  // A file without the bytes of a known type may be anything; an SVG in it could name files of this machine.
  if (sniffed === null) throw undecodable();
  try {
    await decoded(path).flatten({ background: '#ffffff' }).jpeg({ quality: JPEG_QUALITY }).toFile(target);
  } catch (error) {
    throw undecodable(error);
  }
  return { path: target, mimeType: 'image/jpeg' };
}

/** Size as it is shown, and the thumbnail. Throws `media_unconvertible` when the picture cannot be decoded. */
export async function sightOf(picture: string | Buffer, pixels = THUMBNAIL_PIXELS): Promise<Sight> {
  try {
    const { autoOrient } = await sharp(picture, { limitInputPixels: MAX_PIXELS }).metadata();
    const thumbnail = await decoded(picture)
      .resize(pixels, pixels, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: THUMBNAIL_QUALITY })
      .toBuffer();
    return { width: autoOrient.width, height: autoOrient.height, thumbnail };
  } catch (error) {
    throw undecodable(error);
  }
}

function decoded(picture: string | Buffer): Sharp {
  return sharp(picture, { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true }).autoOrient();
}

function undecodable(cause?: unknown) {
  return whatsAppError('media_unconvertible', { reason: 'the image cannot be decoded' }, cause);
}
