import { fileTypeFromBuffer } from 'file-type';
import type { Clock } from '../../clock.ts';
import type { GuardedAnswer, GuardedFetch } from '../../net/guarded-fetch.ts';
import { PRODUCT } from '../../product.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sightOf } from '../media/outgoing/image.ts';
import { readPage } from './page.ts';
import type { LinkPreview } from './text.ts';

const DEADLINE_MS = 5_000;
const MAX_REDIRECTS = 3;
const MAX_PICTURE_BYTES = 5 * 1_048_576;
/** WhatsApp Web's own size. */
const THUMBNAIL_PIXELS = 192;
const USER_AGENT = `${PRODUCT.name}/${PRODUCT.version} (link preview)`;

/** The first http(s) URL of a text, without the punctuation of the sentence around it. */
export function firstUrl(text: string): string | null {
  const match = /https?:\/\/[^\s<>"]+/i.exec(text)?.[0];
  const url = match?.replace(/[.,;:!?'"*_~)\]}]+$/, '');
  return url && URL.canParse(url) ? url : null;
}

export interface LinkPreviewOptions {
  fetch: Pick<GuardedFetch, 'request'>;
  clock: Clock;
  log: Logger;
}

/**
 * Title, description and picture of the page behind a URL, within 5 s and 3 redirects each, every hop under the address
 * policy. null whenever that does not work out: a preview is never worth an error.
 */
export async function fetchPreview(url: string, options: LinkPreviewOptions): Promise<LinkPreview | null> {
  const end = options.clock.now() + DEADLINE_MS;
  try {
    const found = await follow(url, { accept: 'text/html', end }, options);
    const type = found?.answer.header('content-type') ?? '';
    const page = found && /^text\/html\b/i.test(type) ? readPage(found.answer.body, type) : null;
    if (!page) return null;
    const { image, ...said } = page;
    const picture = image === undefined ? null : URL.parse(image, found?.url);
    const thumbnail = picture && (await fetchThumbnail(picture.href, end, options));
    return { url, ...said, ...(thumbnail && { thumbnail }) };
  } catch (error) {
    options.log.debug({ err: error }, 'no link preview');
    return null;
  }
}

async function fetchThumbnail(
  url: string,
  end: number,
  options: LinkPreviewOptions,
): Promise<Uint8Array | null> {
  try {
    const found = await follow(url, { accept: 'image/*', end, maxBytes: MAX_PICTURE_BYTES + 1 }, options);
    const body = found?.answer.body;
    if (!body || body.length > MAX_PICTURE_BYTES || !(await isPicture(body))) return null;
    return (await sightOf(Buffer.from(body), THUMBNAIL_PIXELS)).thumbnail;
  } catch (error) {
    options.log.debug({ err: error }, 'a link preview has no picture');
    return null;
  }
}

/** Drawings (SVG) could name other files, so only what its bytes call a photograph is decoded. */
async function isPicture(bytes: Uint8Array): Promise<boolean> {
  return (await fileTypeFromBuffer(bytes))?.mime.startsWith('image/') ?? false;
}

interface Wanted {
  accept: string;
  /** Unix milliseconds. */
  end: number;
  maxBytes?: number;
}

/** The answer with status 200 behind a URL, and where it was found; null when there is none. */
async function follow(
  url: string,
  { accept, end, maxBytes }: Wanted,
  { fetch, clock }: LinkPreviewOptions,
): Promise<{ url: string; answer: GuardedAnswer } | null> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await fetch.request({
      method: 'GET',
      url: at,
      headers: { accept, 'user-agent': USER_AGENT },
      deadlineMs: end - clock.now(),
      ...(maxBytes !== undefined && { maxBytes }),
    });
    const location = answer.status >= 300 && answer.status < 400 ? answer.header('location') : undefined;
    if (!location) return answer.status === 200 ? { url: at, answer } : null;
    at = new URL(location, at).href;
  }
  return null;
}
