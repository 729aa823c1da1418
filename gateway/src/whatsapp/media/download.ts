import type { Dispatcher } from 'undici';
import { clearFile } from './decrypt.ts';
import { cdnUrl, type FileReference } from './file-reference.ts';

/** Why a file could not be had. `gone`: WhatsApp has it no longer. `refused`: it never will be had this way. */
export class DownloadFailed extends Error {
  override name = 'DownloadFailed';
  readonly reason: 'gone' | 'refused' | 'unreachable';

  constructor(reason: DownloadFailed['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const GONE = new Set([404, 410]);
/** WhatsApp's web client says the same. */
const ORIGIN = 'https://web.whatsapp.com';
/** Between two packets, and until the first one. */
const SILENCE_MS = 20_000;

/**
 * Opens the file of a message at WhatsApp's CDN and gives it in clear, as `clearFile` does. Redirects are not
 * followed. Throws `DownloadFailed`, and `FileDamaged` while it is read.
 */
export async function download(
  reference: FileReference,
  through: Dispatcher,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const url = cdnUrl(reference);
  if (!url) throw new DownloadFailed('refused', 'the message names no place at WhatsApp');
  const { statusCode, body } = await answerFrom(url, through, signal);
  if (statusCode === 200) return clearFile(body as AsyncIterable<Uint8Array>, reference);
  // The rest of the answer is not worth a connection; how it ends does not matter.
  body.on('error', () => {}).destroy();
  const reason = GONE.has(statusCode) ? 'gone' : 'unreachable';
  throw new DownloadFailed(reason, `WhatsApp's CDN answered ${statusCode}`);
}

async function answerFrom(url: URL, through: Dispatcher, signal: AbortSignal) {
  try {
    return await through.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { origin: ORIGIN },
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      signal,
    });
  } catch (error) {
    throw new DownloadFailed('unreachable', "WhatsApp's CDN could not be reached", { cause: error });
  }
}
