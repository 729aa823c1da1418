import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServerContext } from '../server/context.ts';
import { StanzaError } from '../server/stanza-error.ts';

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const MAX_BODY_BYTES = 1024 * 1024;

/** A request that cannot be done; becomes `{error}` with this status. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a route gets: values from the path, the query, the parsed body, and the caller's patience. */
export interface Request {
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Like `/control/phones/:number/scan`. */
  path: string;
  /** What its body may weigh; a megabyte when absent. */
  maxBodyBytes?: number;
  handle(request: Request): unknown;
}

interface Matcher {
  route: Route;
  pattern: RegExp;
}

/** Serves routes as JSON; every failure is JSON too. */
export function serveRoutes(routes: Route[], ctx: ServerContext) {
  const matchers = routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  }));
  return (request: IncomingMessage, response: ServerResponse): void => {
    const answered = respond(matchers, request, response).finally(() => {
      if (request.method !== 'GET') ctx.touch();
    });
    answered.catch((error) => {
      const { status, text } = refusalOf(error);
      if (status === 500) ctx.log.error({ err: error, path: request.url }, 'control request failed');
      send(response, status, { error: text });
    });
  };
}

/** What the server refuses a phone is its user's error. */
function refusalOf(error: unknown): { status: number; text: string } {
  if (error instanceof ControlError) return { status: error.status, text: error.message };
  if (error instanceof StanzaError) return { status: 409, text: `refused with ${error.code}` };
  return { status: 500, text: 'internal error' };
}

async function respond(
  matchers: Matcher[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Browsers say where a page came from, and a name that was rebound to this address stays in the Host header.
  if (request.headers.origin !== undefined || !LOOPBACK.test(request.headers.host ?? '')) {
    throw new ControlError(403, 'only for programs on this machine');
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const found = matchers.filter(({ pattern }) => pattern.test(url.pathname));
  const match = found.find(({ route }) => route.method === request.method);
  if (found.length === 0) throw new ControlError(404, `there is no ${url.pathname}`);
  if (!match) throw new ControlError(405, `${request.method} is not allowed here`);
  const aborted = new AbortController();
  response.on('close', () => aborted.abort());
  const groups = match.pattern.exec(url.pathname)?.groups ?? {};
  const params: Record<string, string> = {};
  for (const name in groups) params[name] = decode(groups[name] ?? '');
  const body =
    request.method === 'POST' ? await readBody(request, match.route.maxBodyBytes ?? MAX_BODY_BYTES) : {};
  const result = await match.route.handle({ params, query: url.searchParams, body, signal: aborted.signal });
  if (result instanceof Readable) await pipeline(result, response);
  else send(response, 200, result);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ControlError(400, 'the path is not well-formed');
  }
}

async function readBody(request: IncomingMessage, max: number): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > max) throw new ControlError(413, `the body is larger than ${max} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ControlError(400, 'the body must be a JSON object');
  }
  return parsed as Record<string, unknown>;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.writableEnded || response.destroyed) return;
  // A body that was not read to its end leaves the connection unusable for another request.
  if (status === 413) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
