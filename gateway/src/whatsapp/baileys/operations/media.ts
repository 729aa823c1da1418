import { createReadStream } from 'node:fs';
import type { MediaConnInfo, WASocket } from 'baileys';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Clock } from '../../../clock.ts';
import { whatsAppError } from '../../errors.ts';
import type { ChatMessageKey } from '../../ports/chats.ts';
import type { MediaOperations, Upload, UploadedFile } from '../../ports/media.ts';
import { whileOpen } from '../ask.ts';
import { type MediaRetrySocket, mediaRetry } from './media-retry.ts';

/** An upload has two minutes for all hosts together. */
const DEADLINE_MS = 120_000;
const MAX_HOSTS = 3;
const MAX_ANSWER_BYTES = 64 * 1024;
const HEADERS = { origin: 'https://web.whatsapp.com', 'content-type': 'application/octet-stream' };

const answer = z.object({
  url: z.string().optional(),
  direct_path: z.string().startsWith('/'),
  handle: z.string().optional(),
});

export interface MediaTransferOptions {
  socket: Pick<WASocket, 'refreshMediaConn'> & MediaRetrySocket;
  /** Leaves where the connection itself leaves. */
  through: Dispatcher;
  ended(): boolean;
  clock: Clock;
}

/** `MediaOperations` over a Baileys socket, which says where to, and undici, which streams. */
export class BaileysMedia implements MediaOperations {
  readonly #options: MediaTransferOptions;

  constructor(options: MediaTransferOptions) {
    this.#options = options;
  }

  async upload(file: Upload): Promise<UploadedFile> {
    const late = new AbortController();
    const cancel = this.#options.clock.after(DEADLINE_MS, () => late.abort());
    try {
      return await this.#uploadTo(file, late.signal);
    } finally {
      cancel();
    }
  }

  /** A refusal may be about a token that has run out: before the next host is tried, a fresh one is asked for. */
  async #uploadTo(file: Upload, signal: AbortSignal): Promise<UploadedFile> {
    let conn = await this.#hosts(false);
    let reason = 'no host';
    let cause: unknown;
    for (let attempt = 0; attempt < MAX_HOSTS; attempt++) {
      const host = conn.hosts[Math.min(attempt, conn.hosts.length - 1)];
      if (!host) break;
      try {
        const uploaded = await this.#post(host.hostname, conn, file, signal);
        if (typeof uploaded !== 'number') return uploaded;
        reason = `HTTP ${uploaded}`;
      } catch (error) {
        cause = error;
        reason = signal.aborted ? 'timed out' : 'connection failed';
        if (signal.aborted) break;
      }
      if (attempt + 1 < MAX_HOSTS) conn = await this.#hosts(true);
    }
    throw whatsAppError('media_upload_failed', { reason }, cause);
  }

  async requestReupload(message: ChatMessageKey, mediaKey: Uint8Array): Promise<string | null> {
    const { socket, ended } = this.#options;
    return whileOpen(ended, () => mediaRetry(socket, message, mediaKey));
  }

  /** Where to upload, and the token for it; Baileys remembers the answer as long as WhatsApp says. */
  async #hosts(fresh: boolean): Promise<MediaConnInfo> {
    const { socket, ended } = this.#options;
    return whileOpen(ended, () => socket.refreshMediaConn(fresh));
  }

  /** The status when the host does not take it. */
  async #post(
    hostname: string,
    { auth }: MediaConnInfo,
    { path, size, sha256, type, plain }: Upload,
    signal: AbortSignal,
  ): Promise<UploadedFile | number> {
    const token = Buffer.from(sha256).toString('base64url');
    const target = plain ? `/newsletter/newsletter-${type}/${token}` : `/mms/${type}/${token}`;
    const { statusCode, body } = await this.#options.through.request({
      origin: `https://${hostname}`,
      path: `${target}?${new URLSearchParams({ auth, token })}`,
      method: 'POST',
      headers: { ...HEADERS, 'content-length': String(size) },
      body: createReadStream(path),
      signal,
    });
    const text = await readCapped(body as AsyncIterable<Uint8Array>);
    const parsed = statusCode === 200 ? answer.safeParse(parseJson(text)) : undefined;
    if (!parsed?.success) return statusCode;
    const { url, direct_path: directPath, handle } = parsed.data;
    return { url: url ?? `https://mmg.whatsapp.net${directPath}`, directPath, handle: handle ?? null };
  }
}

async function readCapped(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An answer that is no JSON is no receipt for the file, also with a status of 200.
    return undefined;
  }
}
