import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { GuardedFetch } from '../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../net/testing/network.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { addInstance, addWebhook, emitOne, silentLog, testOutbox, testSeal } from '../testing/events.ts';
import { Courier } from './courier.ts';
import { ATTEMPT_DEADLINE_MS } from './webhook-request.ts';

/** What becomes of a delivery and its webhook. */
interface Outcome {
  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  http_status: number | null;
  error: string | null;
  /** Milliseconds from the end of the attempt to the next one. */
  retryIn?: number;
  disabled?: string;
}

interface Misbehaviour {
  name: string;
  /** Its URL. What it opens is closed when the test ends. */
  start(clock: TestClock): Promise<string>;
  /** It never answers: only the deadline ends the attempt. */
  hangs?: true;
  /** So many events; one when left out. */
  events?: number;
  outcome: Outcome;
}

const failed = (error: string, http_status: number | null = null): Outcome => ({
  status: 'pending',
  attempts: 1,
  http_status,
  error,
  retryIn: 5_000,
});
const delivered = (attempts = 1): Outcome => ({
  status: 'delivered',
  attempts,
  http_status: 200,
  error: null,
});

/** Answers HTTP requests by hand. */
const http = (answer: (response: ServerResponse, clock: TestClock) => void) => async (clock: TestClock) =>
  (await Receiver.start((response) => answer(response, clock))).url;

/** Speaks no HTTP of its own: `talk` gets every connection. */
const tcp =
  (talk: (socket: Socket) => void, protocol = 'http') =>
  async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}).resume());
      talk(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

/** A listener that accepts no connection, with its queue of connections full: the next one gets no answer to its SYN. */
async function deafListener(): Promise<string> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const [port] = (await once(worker, 'message')) as [number];
  const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  onTestFinished(async () => {
    for (const socket of queue) socket.destroy();
    await worker.terminate();
  });
  let queued = 0;
  for (const socket of queue) socket.once('connect', () => queued++);
  await expect.poll(() => queued).toBe(2); // as many as fit
  return `http://127.0.0.1:${port}/`;
}

async function refusingPort(): Promise<string> {
  const receiver = await Receiver.start();
  const { url } = receiver;
  await receiver.close();
  return url;
}

const OK_HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';

const matrix: Misbehaviour[] = [
  { name: 'refuses', start: refusingPort, outcome: failed('connection_refused') },
  {
    name: 'hangs in DNS',
    start: async () => 'http://silent.example/',
    hangs: true,
    outcome: failed('timeout'),
  },
  { name: 'has no address', start: async () => 'http://nowhere.example/', outcome: failed('dns_error') },
  {
    name: 'has moved to a private address',
    start: async () => 'http://rebound.example/',
    outcome: failed('host_not_allowed'),
  },
  { name: 'hangs in connect', start: deafListener, hangs: true, outcome: failed('timeout') },
  { name: 'hangs in TLS', start: tcp(() => {}, 'https'), hangs: true, outcome: failed('timeout') },
  {
    name: 'breaks TLS',
    start: tcp((socket) => socket.end('not TLS'), 'https'),
    outcome: failed('tls_error'),
  },
  { name: 'hangs before its headers', start: http(() => {}), hangs: true, outcome: failed('timeout') },
  {
    name: 'hangs within its headers',
    start: tcp((socket) => socket.write('HTTP/1.1 200 OK\r\nX-More:')),
    hangs: true,
    outcome: failed('timeout'),
  },
  {
    name: 'hangs in its body',
    start: http((response) => void response.writeHead(200).write('and')),
    hangs: true,
    outcome: failed('timeout'),
  },
  {
    name: 'drips',
    start: http((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    }),
    hangs: true,
    outcome: failed('timeout'),
  },
  {
    name: 'sends an endless body',
    start: http((response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(8_192)));
      };
      response.on('drain', more);
      more();
    }),
    outcome: delivered(),
  },
  {
    name: 'redirects',
    start: http((response) => void response.writeHead(308, { Location: 'http://169.254.169.254/' }).end()),
    outcome: failed('redirect', 308),
  },
  {
    name: 'is gone',
    start: http((response) => void response.writeHead(410).end()),
    outcome: { status: 'dead', attempts: 1, http_status: 410, error: 'http_status', disabled: 'gone' },
  },
  {
    name: 'asks for some seconds',
    start: http((response) => void response.writeHead(429, { 'Retry-After': '7' }).end()),
    outcome: { ...failed('http_status', 429), retryIn: 7_000 },
  },
  {
    name: 'asks for a date',
    start: http((response, clock) => {
      const date = new Date(clock.time + 8_000).toUTCString();
      response.writeHead(429, { 'Retry-After': date }).end();
    }),
    outcome: { ...failed('http_status', 429), retryIn: 8_000 },
  },
  {
    name: 'asks for a day',
    start: http((response) => void response.writeHead(503, { 'Retry-After': '86400' }).end()),
    outcome: { ...failed('http_status', 503), retryIn: 10_000 },
  },
  {
    name: 'hangs up before its headers',
    start: http((response) => void response.destroy()),
    outcome: failed('connection_reset'),
  },
  {
    name: 'hangs up within its body',
    start: tcp((socket) => socket.once('data', () => socket.end(`${OK_HEAD}\r\n1`))),
    outcome: failed('connection_reset'),
  },
  {
    name: 'speaks no HTTP',
    start: tcp((socket) => socket.once('data', () => socket.end('220 mail\r\n'))),
    outcome: failed('network_error'),
  },
  {
    name: 'closes every connection after its answer',
    start: tcp((socket) => socket.once('data', () => socket.end(`${OK_HEAD}Connection: close\r\n\r\nok`))),
    events: 5,
    outcome: delivered(),
  },
];

describe('a receiver that', () => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await databases[0]!.open();
  });

  async function setup() {
    const { db } = storage;
    const seal = testSeal();
    const clock = new TestClock();
    const instance = await addInstance(db, seal);
    const { outbox, channels } = testOutbox(db, seal, {
      clock,
      courier: { wake: (ids) => courier.wake(ids) },
    });
    const fetch = new GuardedFetch({
      allowed: LOOPBACK,
      clock,
      resolve: (name) => {
        if (name === 'silent.example') return new Promise(() => {});
        if (name === 'rebound.example') return Promise.resolve([{ address: '10.0.0.1', family: 4 }]);
        return Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
      },
    });
    const courier: Courier = new Courier({
      storage,
      seal,
      clock,
      log: silentLog,
      fetch,
      channels,
      userAgent: 'test',
      random: () => 0.5,
    });
    const emit = (count: number) =>
      Promise.all(Array.from({ length: count }, () => emitOne(outbox, instance.id, { lane: 'chat' })));
    const outcomes = async (webhookId: string): Promise<Outcome[]> => {
      const webhook = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('id', '=', webhookId)
        .executeTakeFirst();
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .execute();
      return rows.map(({ status, attempts, http_status, error, next_attempt_at, last_attempt_at }) => ({
        status,
        attempts,
        http_status,
        error,
        ...(status === 'pending' && attempts > 0 ? { retryIn: next_attempt_at! - last_attempt_at! } : {}),
        ...(webhook?.disabled_reason ? { disabled: webhook.disabled_reason } : {}),
      }));
    };
    const hook = async (url: string) => (await addWebhook(db, seal, instance.id, { url })).id;
    return { clock, courier, fetch, hook, emit, outcomes };
  }

  test.each(matrix)('$name', async ({ start, hangs, events = 1, outcome }) => {
    const { clock, courier, fetch, hook, emit, outcomes } = await setup();
    const bad = await hook(await start(clock));
    const healthy = await Receiver.start();
    const good = await hook(healthy.url);
    const before = resources();
    courier.start();
    await emit(events);
    await expect.poll(() => outcomes(good)).toEqual(Array(events).fill(delivered()));
    if (hangs) {
      expect(await outcomes(bad)).toMatchObject([{ status: 'pending', attempts: 0 }]);
      clock.advance(ATTEMPT_DEADLINE_MS);
    }
    await expect.poll(() => outcomes(bad)).toEqual(Array(events).fill(outcome));

    await courier.stop();
    await fetch.close();
    expect(clock.waiting).toBe(0);
    await expect.poll(() => left(before)).toEqual({});
  });

  test('fails once and then works gets the rest at once', async () => {
    const { clock, courier, fetch, hook, emit, outcomes } = await setup();
    const receiver = await Receiver.start((response) => response.writeHead(500).end());
    const flaky = await hook(receiver.url);
    courier.start();
    await emit(1);
    await expect.poll(() => outcomes(flaky)).toEqual([failed('http_status', 500)]);
    receiver.answer = (response) => response.end();
    await emit(2);
    await expect.poll(() => outcomes(flaky)).toEqual([failed('http_status', 500), delivered(), delivered()]);
    await expect
      .poll(() => {
        clock.advance(1_000);
        return outcomes(flaky);
      })
      .toEqual([delivered(2), delivered(), delivered()]);
    await courier.stop();
    await fetch.close();
  });

  test('resets kept connections gets everything all the same', async () => {
    const { clock, courier, fetch, hook, emit, outcomes } = await setup();
    let requests = 0;
    const url = await tcp((socket) => {
      socket.on('data', () => {
        requests++;
        if (socket.bytesWritten === 0) socket.write(`${OK_HEAD}\r\nok`);
        else socket.resetAndDestroy();
      });
    })();
    const resetting = await hook(url);
    const before = resources();
    courier.start();
    await emit(6);
    await expect
      .poll(async () => {
        const now = await outcomes(resetting);
        // Only while all of them wait: else the time would end what is under way.
        if (now.every(({ status, retryIn }) => status === 'delivered' || retryIn)) clock.advance(5_000);
        return now.map(({ status }) => status);
      })
      .toEqual(Array(6).fill('delivered'));
    expect(requests).toBeGreaterThan(6);
    await courier.stop();
    await fetch.close();
    await expect.poll(() => left(before)).toEqual({});
  });
});

/** Open handles by kind. Timers of the courier are the test clock's; those counted here are of what it uses. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What there is more of than before. */
function left(before: Map<string, number>): Record<string, number> {
  const kinds = ['TCPSocketWrap', 'TLSWrap', 'TCPConnectWrap', 'GetAddrInfoReqWrap', 'Timeout'];
  const now = resources();
  const more = kinds.map((kind) => [kind, (now.get(kind) ?? 0) - (before.get(kind) ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}
