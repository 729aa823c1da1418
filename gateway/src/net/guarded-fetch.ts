import { Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { Clock } from '../clock.ts';
import { type AddressRange, forbiddenLiteral } from './address-policy.ts';
import { FetchFailed, fetchErrorName } from './fetch-error.ts';
import { guardedLookup, hostNotAllowed } from './guarded-lookup.ts';
import type { Resolve } from './resolve.ts';

export interface GuardedRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  /** Milliseconds for everything: DNS, connect, TLS, headers and body. */
  deadlineMs: number;
  /** How much of the body is read; 64 KiB when left out. */
  maxBytes?: number;
}

export interface AnswerHead {
  status: number;
  /** First value of a header, by its lower-case name. */
  header(name: string): string | undefined;
}

export interface GuardedAnswer extends AnswerHead {
  /** As much of the body as the cap lets through. */
  body: Uint8Array;
}

export interface GuardedFetchOptions {
  /** The operator's exceptions to the address policy. */
  allowed: readonly AddressRange[];
  clock: Clock;
  resolve?: Resolve;
  /** For one connection to stand, TLS included. */
  connectTimeoutMs?: number;
}

/** Ends handshakes whose request has long given up; every deadline is shorter. */
const CONNECT_TIMEOUT_MS = 30_000;

/** How much of a webhook's answer is read; the rest decides nothing. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The only way to a URL that a tenant gave. http and https without user info, public addresses only, redirects
 * never followed, one deadline for everything. The answer's body is read through a cap.
 */
export class GuardedFetch {
  readonly #allowed: readonly AddressRange[];
  readonly #clock: Clock;
  readonly #agent: Agent;
  /** Connections that do not stand yet. undici forgets them when it is closed, and they would live on. */
  readonly #opening = new Set<Socket>();

  constructor({ allowed, clock, resolve, connectTimeoutMs }: GuardedFetchOptions) {
    this.#allowed = allowed;
    this.#clock = clock;
    const dial = buildConnector({
      lookup: guardedLookup(allowed, resolve),
      timeout: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    });
    this.#agent = new Agent({
      connect: (options, done) => {
        // It does return its socket, which its types leave out.
        const socket: unknown = dial(options, (...result) => {
          if (socket instanceof Socket) this.#opening.delete(socket);
          done(...result);
        });
        if (socket instanceof Socket) this.#opening.add(socket);
      },
    });
  }

  /** Resolves once the whole answer has arrived, with any status; throws `FetchFailed` when it did not. */
  async request(request: GuardedRequest): Promise<GuardedAnswer> {
    return this.stream(request, async (head, body) => ({
      ...head,
      body: await capped(body, request.maxBytes ?? MAX_BODY_BYTES),
    }));
  }

  /**
   * Like `request`, for answers that are too large for memory: `read` takes the body as it comes, within the same
   * deadline; what it leaves is not read. Its own errors pass through, a broken connection is `FetchFailed`.
   */
  async stream<T>(
    request: GuardedRequest,
    read: (head: AnswerHead, body: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const url = this.#permitted(request.url);
    const abort = new AbortController();
    let cancel = () => {};
    // Raced, not only aborted: undici looks at the signal once the connection stands, so an unanswered DNS query
    // or handshake would outlive the deadline.
    const deadline = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.after(request.deadlineMs, () => {
        const failed = new FetchFailed('timeout');
        reject(failed);
        abort.abort(failed);
      });
    });
    try {
      return await Promise.race([this.#exchange(url, request, read, abort.signal), deadline]);
    } finally {
      cancel();
    }
  }

  /** Ends every connection; call it when no request is running. */
  async close(): Promise<void> {
    const closed = this.#agent.destroy();
    for (const socket of this.#opening) socket.destroy(new FetchFailed('network_error'));
    await closed;
  }

  /** The policy may have changed since the URL was configured, so it is asked again at every request. */
  #permitted(text: string): URL {
    const url = URL.parse(text);
    const speaksHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (
      !url ||
      !speaksHttp ||
      url.username ||
      url.password ||
      forbiddenLiteral(url.hostname, this.#allowed)
    ) {
      throw new FetchFailed('host_not_allowed', { cause: hostNotAllowed(url?.hostname ?? 'the URL') });
    }
    return url;
  }

  async #exchange<T>(
    url: URL,
    request: GuardedRequest,
    read: (head: AnswerHead, body: AsyncIterable<Uint8Array>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { statusCode, headers, body } = await this.#agent
      .request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        signal,
      })
      .catch(fetchFailed);
    const head: AnswerHead = {
      status: statusCode,
      header(name) {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
    };
    try {
      return await read(head, chunks(body));
    } finally {
      // What was not read is not wanted; the connection goes with it, and how it ends does not matter.
      body.on('error', () => {}).destroy();
    }
  }
}

async function* chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    fetchFailed(error);
  }
}

async function capped(body: AsyncIterable<Uint8Array>, max: number): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes >= max) break;
  }
  return Buffer.concat(read);
}

function fetchFailed(error: unknown): never {
  throw error instanceof FetchFailed ? error : new FetchFailed(fetchErrorName(error), { cause: error });
}
