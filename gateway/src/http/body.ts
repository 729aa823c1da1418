import type { IncomingMessage } from 'node:http';
import { failure } from '../failure.ts';
import type { BodyErrors } from './route.ts';

export const BODY_LIMIT = 1024 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Reads a JSON body of at most `limit` bytes. It runs after authentication and the media type is checked before the
 * first byte, so a request that is refused costs no memory.
 */
export async function readBody(
  request: IncomingMessage,
  { limit, optional, errors }: { limit: number; optional: boolean; errors: BodyErrors },
): Promise<{ bytes: Buffer; value: unknown }> {
  const type = request.headers['content-type'];
  if (optional && announcesNoBody(request)) return { bytes: Buffer.alloc(0), value: {} };
  if (type === undefined ? !announcesNoBody(request) : !JSON_TYPE.test(type.trim())) {
    request.resume();
    throw failure('media_type_unsupported');
  }
  const bytes = await collect(request, limit);
  if (optional && bytes.length === 0) return { bytes, value: {} };
  return { bytes, value: parse(bytes, errors) };
}

function announcesNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

function parse(bytes: Buffer, errors: BodyErrors): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw failure('body_invalid', { detail: errors === 'short' ? null : 'malformed JSON' }, error);
  }
  return value;
}

async function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(request);
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      stop();
      reject(tooLarge(request));
    };
    const onEnd = () => {
      stop();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onBroken = (cause?: Error) => {
      stop();
      reject(failure('body_invalid', { detail: null }, cause));
    };
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/** The rest is read and thrown away: closing now would take the answer from a client that is still sending. */
function tooLarge(request: IncomingMessage) {
  request.resume();
  return failure('body_too_large');
}
