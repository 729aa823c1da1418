import sharp from 'sharp';
import { type FetchErrorName, FetchFailed } from '../../../net/fetch-error.ts';
import type { GuardedFetch } from '../../../net/guarded-fetch.ts';

export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const DEADLINE_MS = 15_000;
const SIDE = 640;
/** What a decoder may unfold a small file into: 50 megapixels. */
const MAX_PIXELS = 50_000_000;
/** Formats of photographs; a drawing (SVG, PDF) could refer to other files. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif', 'tiff']);
const DATA_URI = /^data:image\/[\w.+-]+(?:;[\w-]+=[\w-]+)*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Why a picture that a client gave cannot be used. */
export type PictureProblem =
  | { kind: 'no_source' }
  | { kind: 'address_forbidden' }
  | { kind: 'download'; reason: string }
  | { kind: 'too_large' }
  | { kind: 'no_image' };

export class PictureFailed extends Error {
  override name = 'PictureFailed';
  readonly problem: PictureProblem;

  constructor(problem: PictureProblem, options?: ErrorOptions) {
    super(problem.kind, options);
    this.problem = problem;
  }
}

export interface PictureOptions {
  fetch: Pick<GuardedFetch, 'request'>;
  /** Base64 without a `data:` prefix counts as a picture, too. */
  rawBase64: boolean;
}

/** A picture for a profile, group or channel: from an http(s) URL or base64 to a square JPEG. Throws `PictureFailed`. */
export async function squarePicture(
  source: string,
  { fetch, rawBase64 }: PictureOptions,
): Promise<Uint8Array> {
  const text = source.trim();
  const isUrl = /^https?:\/\//i.test(text) && URL.canParse(text);
  if (!isUrl && !rawBase64 && !DATA_URI.test(text)) throw new PictureFailed({ kind: 'no_source' });
  return squareJpeg(isUrl ? await download(text, fetch) : decoded(text.replace(DATA_URI, '')));
}

/** The public text of a problem, with the field's own name (`image`, `profilePicture`). */
export function pictureText(problem: PictureProblem, field: string): string {
  const Field = field.charAt(0).toUpperCase() + field.slice(1);
  switch (problem.kind) {
    case 'no_source':
      return `${Field} must be an http(s) URL or a data:image base64 URI`;
    case 'address_forbidden':
      return `${Field} address is not allowed`;
    case 'download':
      return `Failed to download ${field}: ${problem.reason}`;
    case 'too_large':
      return `${Field} must be at most 10 MB`;
    case 'no_image':
      return `${Field} is not a valid image`;
  }
}

async function download(url: string, fetch: PictureOptions['fetch']): Promise<Uint8Array> {
  const request = {
    url,
    headers: { Accept: 'image/*' },
    deadlineMs: DEADLINE_MS,
    maxBytes: MAX_PICTURE_BYTES + 1,
  };
  const { status, body } = await fetch.request({ method: 'GET', ...request }).catch(failed);
  // A redirect is not followed: it could lead anywhere.
  if (status !== 200) throw new PictureFailed({ kind: 'download', reason: `HTTP ${status}` });
  return bounded(body);
}

const REASONS: Record<FetchErrorName, string> = {
  timeout: 'timed out',
  dns_error: 'host not found',
  connection_refused: 'connection failed',
  connection_reset: 'connection failed',
  network_error: 'connection failed',
  tls_error: 'TLS error',
  host_not_allowed: 'address is not allowed',
};

function failed(error: unknown): never {
  if (!(error instanceof FetchFailed)) throw error;
  const problem: PictureProblem =
    error.reason === 'host_not_allowed'
      ? { kind: 'address_forbidden' }
      : { kind: 'download', reason: REASONS[error.reason] };
  throw new PictureFailed(problem, { cause: error });
}

function decoded(base64: string): Uint8Array {
  const text = base64.replace(/\s/g, '');
  if (!BASE64.test(text)) throw new PictureFailed({ kind: 'no_image' });
  if ((text.length * 3) / 4 > MAX_PICTURE_BYTES + 3) throw new PictureFailed({ kind: 'too_large' });
  return bounded(Buffer.from(text, 'base64'));
}

function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_PICTURE_BYTES) throw new PictureFailed({ kind: 'too_large' });
  return bytes;
}

async function squareJpeg(bytes: Uint8Array): Promise<Uint8Array> {
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
    throw new PictureFailed({ kind: 'no_image' }, { cause: error });
  }
}
