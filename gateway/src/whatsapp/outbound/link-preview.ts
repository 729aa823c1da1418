import type { Clock } from '../../clock.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { PRODUCT } from '../../product.ts';
import type { Logger } from '../../telemetry/log.ts';
import { readPage } from './page.ts';
import type { LinkPreview } from './text.ts';

const DEADLINE_MS = 5_000;
const MAX_REDIRECTS = 3;
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
 * Title and description of the page behind a URL, within 5 s and 3 redirects, every hop under the address policy.
 * null whenever that does not work out: a preview is never worth an error.
 */
export async function fetchPreview(url: string, options: LinkPreviewOptions): Promise<LinkPreview | null> {
  try {
    const page = await fetchPage(url, options);
    return page && { url, ...page };
  } catch (error) {
    options.log.debug({ err: error }, 'no link preview');
    return null;
  }
}

async function fetchPage(url: string, { fetch, clock }: LinkPreviewOptions) {
  const end = clock.now() + DEADLINE_MS;
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await fetch.request({
      method: 'GET',
      url: at,
      headers: { accept: 'text/html', 'user-agent': USER_AGENT },
      deadlineMs: end - clock.now(),
    });
    const location = answer.status >= 300 && answer.status < 400 ? answer.header('location') : undefined;
    if (!location) {
      const isPage = answer.status === 200 && /^text\/html\b/i.test(answer.header('content-type') ?? '');
      return isPage ? readPage(answer.body, answer.header('content-type') ?? '') : null;
    }
    at = new URL(location, at).href;
  }
  return null;
}
