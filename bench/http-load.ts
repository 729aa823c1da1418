import { connect, type Socket } from 'node:net';

/**
 * A connection that is kept alive, with one request at a time. Works on the bare socket: a full HTTP client would use
 * more processor time than the servers that it measures, and they would all look the same.
 */
export class BareConnection {
  readonly #socket: Socket;
  #buffered = '';
  #waiting: PromiseWithResolvers<void> | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#buffered += chunk.toString('latin1');
      if (this.#buffered.length >= lengthOf(this.#buffered)) this.#answered();
    });
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  /** Resolves when the whole answer is there. Throws when it is not 200. */
  ask(request: Buffer | string): Promise<void> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #answered(): void {
    const answer = this.#buffered;
    const waiting = this.#waiting;
    this.#buffered = '';
    this.#waiting = null;
    if (answer.startsWith('HTTP/1.1 200 ')) waiting?.resolve();
    else waiting?.reject(new Error(`answered ${answer.slice(0, 2_000)}`));
  }
}

/** A request's bytes. */
export function requestText(method: string, path: string, token: string, body = ''): string {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `token: ${token}`,
    ...(body ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`] : []),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export interface Load {
  port: number;
  path: string;
  /** One connection each. */
  tokens: string[];
  seconds: number;
}

/**
 * Asks as fast as the server answers and counts the answers per second. The asking process never sleeps meanwhile: a
 * server that is slower than it would else pay, with every answer, for waking it, and one that is faster would not. Real
 * clients are on other machines, where neither pays.
 */
export async function requestsPerSecond({ port, path, tokens, seconds }: Load): Promise<number> {
  let awake = true;
  const stayAwake = () => {
    if (awake) setImmediate(stayAwake);
  };
  stayAwake();
  const began = performance.now();
  const until = began + seconds * 1000;
  const askUntilThen = async (token: string) => {
    const connection = new BareConnection(port);
    const request = Buffer.from(requestText('GET', path, token));
    let answers = 0;
    for (; performance.now() < until; answers++) await connection.ask(request);
    connection.close();
    return answers;
  };
  const counts = await Promise.all(tokens.map(askUntilThen));
  const took = (performance.now() - began) / 1000;
  awake = false;
  return counts.reduce((sum, count) => sum + count, 0) / took;
}

/** Characters of the whole answer, infinite while its head is not complete. */
function lengthOf(answer: string): number {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head))?.[1];
  if (length === undefined) throw new Error('the answer has no length');
  return head + 4 + Number(length);
}
