import { once } from 'node:events';
import { connect } from 'node:net';

export interface Load {
  port: number;
  path: string;
  /** One connection each, kept alive, one request at a time. */
  tokens: string[];
  seconds: number;
}

/**
 * Asks as fast as the server answers and counts the answers per second. Works on the bare socket: a full HTTP client
 * would use more processor time than the server that it measures, and every server would look the same. Throws at an
 * answer that is not 200.
 */
export async function requestsPerSecond({ port, path, tokens, seconds }: Load): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1000;
  const counts = await Promise.all(tokens.map((token) => askUntil(until, port, path, token)));
  const took = (performance.now() - began) / 1000;
  return counts.reduce((sum, count) => sum + count, 0) / took;
}

async function askUntil(until: number, port: number, path: string, token: string): Promise<number> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\ntoken: ${token}\r\n\r\n`);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let answers = 0;
  let buffered = '';
  socket.on('connect', () => socket.write(request));
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    if (buffered.length < lengthOf(buffered)) return;
    if (!buffered.startsWith('HTTP/1.1 200 ')) {
      socket.destroy(new Error(`${path} answered ${buffered.split('\r\n', 1)[0]}`));
      return;
    }
    answers += 1;
    buffered = '';
    if (performance.now() < until) socket.write(request);
    else socket.end();
  });
  await once(socket, 'close');
  return answers;
}

/** Characters of the whole answer, infinite while its head is not complete. */
function lengthOf(answer: string): number {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head))?.[1];
  if (length === undefined) throw new Error('the answer has no length');
  return head + 4 + Number(length);
}
