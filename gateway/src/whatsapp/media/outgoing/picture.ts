import sharp from 'sharp';
import { FetchFailed } from '../../../net/fetch-error.ts';
import type { GuardedFetch } from '../../../net/guarded-fetch.ts';
import { whatsAppError } from '../../errors.ts';
import { DOWNLOAD_REASONS } from './download-reasons.ts';

export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const DEADLINE_MS = 15_000;
const SIDE = 640;
/** What a decoder may unfold a small file into: 50 megapixels. */
const MAX_PIXELS = 50_000_000;
/** Formats of photographs; a drawing (SVG, PDF) could refer to other files. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif', 'tiff']);
const DATA_URI = /^data:image\/[\w.+-]+(?:;[\w-]+=[\w-]+)*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

export interface PictureOptions {
  fetch: Pick<GuardedFetch, 'request'>;
  /** The field of the request that the picture comes from, as errors name it. */
  field: 'image' | 'profilePicture';
  /** Base64 without a `data:` prefix counts as a picture, too. */
  rawBase64: boolean;
}

/**
 * A picture for a profile, group or channel: from an http(s) URL or base64 to a square JPEG. Throws `WhatsAppError`
 * (`picture_*`).
 */
export async function squarePicture(
  source: string,
  { fetch, field, rawBase64 }: PictureOptions,
): Promise<Uint8Array> {
  const text = source.trim();
  const isUrl = /^https?:\/\//i.test(text) && URL.canParse(text);
  if (!isUrl && !rawBase64 && !DATA_URI.test(text)) throw whatsAppError('picture_source_invalid', { field });
  const bytes = isUrl ? await download(text, fetch, field) : decoded(text.replace(DATA_URI, ''), field);
  return squareJpeg(bytes, field);
}

type Field = PictureOptions['field'];

async function download(url: string, fetch: PictureOptions['fetch'], field: Field): Promise<Uint8Array> {
  const request = {
    url,
    headers: { Accept: 'image/*' },
    deadlineMs: DEADLINE_MS,
    maxBytes: MAX_PICTURE_BYTES + 1,
  };
  const { status, body } = await fetch.request({ method: 'GET', ...request }).catch((error) => {
    throw downloadError(error, field);
  });
  // A redirect is not followed: it could lead anywhere.
  if (status !== 200) throw whatsAppError('picture_download_failed', { field, reason: `HTTP ${status}` });
  return bounded(body, field);
}

function downloadError(error: unknown, field: Field): unknown {
  if (!(error instanceof FetchFailed)) return error;
  if (error.reason === 'host_not_allowed') return whatsAppError('picture_forbidden', { field }, error);
  return whatsAppError('picture_download_failed', { field, reason: DOWNLOAD_REASONS[error.reason] }, error);
}

function decoded(base64: string, field: Field): Uint8Array {
  const text = base64.replace(/\s/g, '');
  if (!BASE64.test(text)) throw whatsAppError('picture_invalid', { field });
  if ((text.length * 3) / 4 > MAX_PICTURE_BYTES + 3) throw whatsAppError('picture_too_large', { field });
  return bounded(Buffer.from(text, 'base64'), field);
}

function bounded(bytes: Uint8Array, field: Field): Uint8Array {
  if (bytes.length > MAX_PICTURE_BYTES) throw whatsAppError('picture_too_large', { field });
  return bytes;
}

async function squareJpeg(bytes: Uint8Array, field: Field): Promise<Uint8Array> {
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { format } = await picture.metadata();
    if (!FORMATS.has(format)) throw new Error(`pictures are not made of ${format}`);
    return await picture
      .autoOrient()
      .resize(SIDE, SIDE, { fit: 'cover', position: 'centre' })
      .flatten({ background: 'white' })
      .jpeg({ quality: 85 })
      .toBuffer();
  } catch (error) {
    throw whatsAppError('picture_invalid', { field }, error);
  }
}
