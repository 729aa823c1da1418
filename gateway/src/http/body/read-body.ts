import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { failure } from '../../failure.ts';
import type { TempFiles, TempFolder } from '../../storage/temp-files.ts';
import type { BodyErrors } from '../route.ts';
import { JsonSpool, TooMuchLeft } from './json-spool.ts';

export const BODY_LIMIT = 1024 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

export interface BodyRules {
  /** Bytes */
  limit: number;
  optional: boolean;
  errors: BodyErrors;
  /** Fields whose long strings go to files; left out: none. */
  spooled?: { fields: readonly string[]; files: TempFiles } | undefined;
}

export interface ReadBody {
  isEmpty: boolean;
  /** SHA-256 of the bytes as they came. */
  digest: Buffer;
  value: unknown;
  /** Removes the files of spooled strings; call it when the request is over. */
  release(): Promise<void>;
}

/**
 * Reads a JSON body of at most `limit` bytes. It runs after authentication and the media type is checked before the
 * first byte, so a request that is refused costs no memory.
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<ReadBody> {
  const { limit, optional, errors, spooled } = rules;
  const type = request.headers['content-type'];
  if (optional && announcesNoBody(request)) return nothing();
  if (type === undefined ? !announcesNoBody(request) : !JSON_TYPE.test(type.trim())) {
    request.resume();
    throw failure('media_type_unsupported');
  }
  if (spooled) return readSpooled(request, rules, spooled);
  const bytes = await collect(request, limit);
  if (optional && bytes.length === 0) return nothing();
  const digest = createHash('sha256').update(bytes).digest();
  return { isEmpty: bytes.length === 0, digest, value: parse(bytes, errors), release: async () => {} };
}

function nothing(): ReadBody {
  const digest = createHash('sha256').digest();
  return { isEmpty: true, digest, value: {}, release: async () => {} };
}

async function readSpooled(
  request: IncomingMessage,
  { limit, errors }: BodyRules,
  { fields, files }: NonNullable<BodyRules['spooled']>,
): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(request);
  let folder: Promise<TempFolder> | undefined;
  const open = () => {
    folder ??= files.folder();
    return folder;
  };
  const release = async () => (await folder)?.remove();
  const spool = new JsonSpool(fields, open);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of chunksOf(request)) {
      size += chunk.length;
      if (size > limit) throw tooLarge(request);
      hash.update(chunk);
      await spool.push(chunk);
    }
    return {
      isEmpty: size === 0,
      digest: hash.digest(),
      value: spool.end((json) => parse(json, errors)),
      release,
    };
  } catch (error) {
    await spool.abandon();
    await release();
    throw error instanceof TooMuchLeft ? tooLarge(request) : error;
  }
}

/** Leaving it early leaves the connection as it is, for the answer. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw failure('body_invalid', { detail: null }, cause);
  }
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
