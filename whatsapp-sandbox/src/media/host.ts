import { createReadStream, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { makeTlsIdentity } from './certificate.ts';
import { damagedBytes } from './download-faults.ts';
import { MAX_UPLOAD_BYTES, type MediaStore, UploadError } from './store.ts';

/** Where clients look for media whose message names no host, like history and app-state files. */
const MEDIA_NAME = 'mmg.whatsapp.net';
/** `/mms/image/<hash>`, for newsletters `/newsletter/newsletter-image/<hash>`, covers `/pps/biz-cover-photo/<hash>`; padded or not. */
const UPLOAD = /^\/(?:mms|newsletter|product|pps)\/(?:newsletter-)?([a-z-]+)\/([\w-]{43})(?:=|%3D)?$/;

export interface MediaHost {
  /** PEM file of the certificate to trust. */
  ca: string;
  close(): Promise<void>;
}

/**
 * Serves a media store over HTTPS on 127.0.0.1: uploads as clients post them and downloads by direct path.
 * @param port a free one when 0
 */
export async function startMediaHost(
  store: MediaStore,
  { port, now, log }: { port: number; now: number; log: Logger },
): Promise<MediaHost> {
  const { key, cert } = makeTlsIdentity(MEDIA_NAME, now);
  const server = createServer({ key, cert }, (request, response) => {
    serve(store, request, response).catch((error) => {
      log.debug({ err: error, path: request.url }, 'media request failed');
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const ca = join(store.folder, 'ca.pem');
  writeFileSync(ca, cert);
  store.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ca,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(store: MediaStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://localhost');
  if (request.method === 'POST') return takeUpload(store, url, request, response);
  if (request.method !== 'GET') return refuse(response, 405, 'method not allowed');
  const fault = store.downloads.next();
  if (fault.delay !== undefined) await setTimeout(fault.delay);
  const found = fault.status ?? store.find(request.url ?? '');
  if (typeof found === 'number') return refuse(response, found, 'not here');
  const range = readRange(request.headers.range, found.size);
  if (!range) return refuse(response, 416, 'range not satisfiable');
  const { start, end, partial } = range;
  response.writeHead(partial ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    ...(partial ? { 'content-range': `bytes ${start}-${end}/${found.size}` } : {}),
  });
  const bytes = createReadStream(found.path, { start, end });
  await pipeline(fault.damaged ? damagedBytes(bytes) : bytes, response);
}

async function takeUpload(
  store: MediaStore,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, type = '', hash = ''] = UPLOAD.exec(url.pathname) ?? [];
  if (!hash) return refuse(response, 404, 'no such upload');
  if (!store.isAuth(url.searchParams.get('auth') ?? '')) return refuse(response, 401, 'auth is not valid');
  if (url.searchParams.get('token')?.replace(/=$/, '') !== hash)
    return refuse(response, 400, 'token is not that of the path');
  if (store.refusal !== undefined) return refuse(response, store.refusal, 'refused');
  if (Number(request.headers['content-length'] ?? 0) > MAX_UPLOAD_BYTES) {
    return refuse(response, 413, 'the file is too large');
  }
  try {
    const file = await store.receive(request, Buffer.from(hash, 'base64url'));
    const path = store.publish(file, type);
    // A channel's post names its file by this.
    const handle = url.pathname.startsWith('/newsletter/') ? { handle: hash } : {};
    answer(response, 200, { url: `https://${store.host}${path}`, direct_path: path, ...handle });
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    refuse(response, error.status, error.message);
  }
}

/** One range of bytes, or the whole file; undefined when the range lies outside of it. */
function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number; partial: boolean } | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return { start: 0, end: size - 1, partial: false };
  const start = Number(first);
  const end = Math.min(last ? Number(last) : size - 1, size - 1);
  return start <= end ? { start, end, partial: true } : undefined;
}

/** The body of a refused upload is not read: the connection is of no further use. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.setHeader('connection', 'close');
  answer(response, status, { error: { code: status, message } });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
