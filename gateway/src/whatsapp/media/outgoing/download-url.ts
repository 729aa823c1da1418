import type { Clock } from '../../../clock.ts';
import { FetchFailed } from '../../../net/fetch-error.ts';
import type { AnswerHead, GuardedFetch } from '../../../net/guarded-fetch.ts';
import { PRODUCT } from '../../../product.ts';
import { whatsAppError } from '../../errors.ts';
import { DOWNLOAD_REASONS } from './download-reasons.ts';
import { writeLimited } from './write-limited.ts';

const DEADLINE_MS = 60_000;
/** For one connection to stand; of the `GuardedFetch` that downloads. */
export const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;
const USER_AGENT = `${PRODUCT.name}/${PRODUCT.version} (media)`;

export interface DownloadOptions {
  fetch: Pick<GuardedFetch, 'stream'>;
  clock: Clock;
}

export interface DownloadedFile {
  contentType: string | null;
  /** Last segment of the path that the client gave, decoded; null when there is none. */
  fileName: string | null;
}

/**
 * Downloads a file to `path`, every hop under the address policy, in 60 s altogether. Throws `WhatsAppError`; `field`
 * is what its text calls the URL.
 */
export async function downloadUrl(
  url: string,
  { path, field, megabytes }: { path: string; field: string; megabytes: number },
  { fetch, clock }: DownloadOptions,
): Promise<DownloadedFile> {
  const end = clock.now() + DEADLINE_MS;
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const { username, password } = new URL(at);
    if (username || password) throw failed('credentials in URL are not allowed');
    const request = {
      method: 'GET' as const,
      url: at,
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': USER_AGENT },
      deadlineMs: end - clock.now(),
    };
    try {
      const head = await fetch.stream(request, async (answer, body) => {
        if (answer.status >= 200 && answer.status < 300) await save(answer, body, path, megabytes);
        return answer;
      });
      const location = redirect(head);
      if (location === null) {
        return { contentType: head.header('content-type') ?? null, fileName: lastSegment(url) };
      }
      at = resolved(location, at);
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      if (error.reason === 'host_not_allowed') throw whatsAppError('source_forbidden', { field }, error);
      throw failed(DOWNLOAD_REASONS[error.reason], error);
    }
  }
  throw failed('too many redirects');
}

async function save(
  answer: AnswerHead,
  body: AsyncIterable<Uint8Array>,
  path: string,
  megabytes: number,
): Promise<void> {
  const announced = Number(answer.header('content-length') ?? 0);
  const size = await writeLimited(body, path, megabytes, announced);
  if (size === 0) throw failed('empty response');
}

/** Where a redirect leads; null when the answer was the file. */
function redirect(head: AnswerHead): string | null {
  if (head.status >= 200 && head.status < 300) return null;
  const location = head.header('location');
  if (head.status >= 300 && head.status < 400 && location) return location;
  throw failed(`HTTP ${head.status}`);
}

function resolved(location: string, base: string): string {
  const next = URL.parse(location, base);
  if (!next) throw failed('connection failed');
  return next.href;
}

function lastSegment(url: string): string | null {
  const segment = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment) || null;
  } catch {
    // Not every server's path is UTF-8; then it is a name as it stands.
    return segment;
  }
}

function failed(reason: string, cause?: unknown) {
  return whatsAppError('media_download_failed', { reason }, cause);
}
