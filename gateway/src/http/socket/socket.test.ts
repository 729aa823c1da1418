import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { Channels } from '../../events/channels.ts';
import { createOutbox } from '../../events/outbox.ts';
import { Hub, MAX_SOCKETS } from '../../events/sockets/hub.ts';
import { configureWebsocket } from '../../events/sockets/websocket-config.ts';
import { BASE_URL, emitOne } from '../../events/testing/events.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { type TestServices, testGateway } from '../testing/gateway.ts';
import { socketRoute } from './route.ts';

/** A client that keeps what it gets. */
class Client {
  readonly frames: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;

  constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data) => this.frames.push(String(data)));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.socket.on('error', () => {}); // refusals are looked at through `unexpected-response`
  }

  /** Status and error text of a refused upgrade. */
  async refused(): Promise<[number | undefined, string]> {
    const [, response] = await once(this.socket, 'unexpected-response');
    const chunks = await response.toArray();
    return [response.statusCode, JSON.parse(Buffer.concat(chunks).toString()).error.message];
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, 'open');
    return this;
  }
}

describe.each(databases)('GET /ws/:instance on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup() {
    let hub: Hub | undefined;
    const routes = (services: TestServices) => {
      hub = new Hub(services);
      return [socketRoute({ ...services, hub })];
    };
    const gateway = await testGateway({
      storage,
      routes,
      server: { allowedOrigins: ['https://app.example'] },
    });
    const { db, clock, app } = gateway;
    const sockets = hub as unknown as Hub;
    const channels = new Channels(gateway);
    const courier = { wake: () => {} };
    const outbox = createOutbox({ ...gateway, channels, hub: sockets, courier, baseUrl: () => BASE_URL });
    const account = await gateway.account();
    const instance = await gateway.instance(account, 'sales');
    await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => sockets.shutdown());
    const origin = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;

    const configure = async (enabled: boolean, events?: string[]) => {
      await configureWebsocket(db, { clock }, instance.id, { enabled, events });
      channels.changed(instance.id);
    };
    const connect = (options: ClientOptions & { token?: string | null; query?: string } = {}) => {
      const { token = instance.token, query = '', ...rest } = options;
      const headers = { ...(token === null ? {} : { token }), ...rest.headers };
      const client = new Client(`ws://${origin}/ws/sales${query}`, { ...rest, headers });
      onTestFinished(() => client.socket.terminate());
      return client;
    };
    const emit = (n: number, kind: 'message.exchange' | 'call.update' = 'message.exchange') =>
      emitOne(outbox, instance.id, { kind, data: { n } });
    /** Waits until the server has taken the socket in, which is a little after the client sees it open. */
    const joined = (count: number) => expect.poll(() => sockets.count(instance.id)).toBe(count);
    return { gateway, hub: sockets, account, instance, origin, configure, connect, emit, joined, clock };
  }

  const numbers = (client: Client) => client.frames.map((frame) => JSON.parse(frame).data.n);

  test('frames are the envelopes of the events in their order, with the token', async () => {
    const { instance, configure, connect, emit, joined } = await setup();
    await configure(true);
    const client = await connect().opened();
    await joined(1);
    for (let n = 0; n < 20; n++) await emit(n);
    await expect.poll(() => client.frames.length).toBe(20);
    expect(numbers(client)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    const frame = JSON.parse(client.frames[0]!);
    expect(Object.keys(frame)).toEqual(['event', 'eventId', 'data', 'instanceData']);
    expect(frame.instanceData).toEqual({ baseUrl: BASE_URL, instance: 'sales', token: instance.token });
  });

  test('the filter holds, and a disabled configuration keeps the socket without frames', async () => {
    const { configure, connect, emit, joined } = await setup();
    await configure(true, ['call.update']);
    const client = await connect().opened();
    await joined(1);
    await emit(1);
    await emit(2, 'call.update');
    await configure(false);
    await emit(3, 'call.update');
    await configure(true, ['call.update']);
    await emit(4, 'call.update');
    await expect.poll(() => numbers(client)).toEqual([2, 4]);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('every token source opens it, also the account’s own', async () => {
    const { account, instance, configure, connect } = await setup();
    await configure(true);
    await connect({ token: account.token }).opened();
    await connect({ token: null, query: `?token=${instance.token}` }).opened();
    await connect({ token: null, headers: { Authorization: `Bearer ${instance.token}` } }).opened();
    await connect({ headers: { Origin: 'https://app.example' } }).opened();
  });

  test('refusals answer HTTP in the order of the checks', async () => {
    const { gateway, account, configure, connect } = await setup();
    const other = await gateway.instance(account, 'other');
    const stranger = await gateway.account();
    const evil = { Origin: 'https://evil.example' };
    expect(await connect({ token: null }).refused()).toEqual([
      401,
      'Missing token in header, Authorization header, or query parameter',
    ]);
    expect(await connect({ query: '?token=else' }).refused()).toEqual([400, 'Conflicting tokens in request']);
    expect(await connect({ token: 'unknown' }).refused()).toEqual([401, 'Invalid token']);
    expect(await connect({ token: other.token, headers: evil }).refused()).toEqual([
      401,
      'Invalid instance token',
    ]);
    expect(await connect({ token: stranger.token }).refused()).toEqual([
      403,
      'Instance does not belong to your account',
    ]);
    expect(await connect({ headers: evil }).refused()).toEqual([403, 'Origin not allowed']);
    const disabled =
      'WebSocket is not enabled for this instance. Configure it first using POST /api/events/websocket/sales';
    expect(await connect().refused()).toEqual([400, disabled]);
    await configure(false);
    expect(await connect().refused()).toEqual([400, disabled]);
  });

  test('a plain GET asks for an upgrade, after the token', async () => {
    const { gateway, instance } = await setup();
    const answer = await gateway.call('GET', '/ws/sales', { token: instance.token });
    expect([answer.status, answer.body.error.message]).toEqual([426, 'WebSocket upgrade required']);
    expect(answer.headers.upgrade).toBe('websocket');
    expect((await gateway.call('GET', '/ws/sales')).status).toBe(401);
  });

  test.each([
    ['another protocol', '/ws/sales', { upgrade: 'h2c' }, 426],
    ['another version', '/ws/sales', { 'sec-websocket-version': '7' }, 426],
    ['no key', '/ws/sales', { 'sec-websocket-key': 'x' }, 426],
    ['another path', '/nowhere', {}, 404],
  ])('an upgrade to %s is answered like a plain request', async (_, path, headers, status) => {
    const { origin, instance } = await setup();
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const asked = request(`http://${origin}${path}`, {
      headers: {
        token: instance.token,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        ...headers,
      },
    }).end();
    const [response] = await once(asked, 'response');
    const body = JSON.parse(Buffer.concat(await response.toArray()).toString());
    expect([response.statusCode, body.success]).toEqual([status, false]);
    expect(response.headers.connection).toBe('keep-alive');
  });

  test('a refused upgrade says that its connection ends', async () => {
    const { connect } = await setup();
    const [, response] = await once(connect({ token: 'unknown' }).socket, 'unexpected-response');
    expect(response.headers.connection).toBe('close');
  });

  test('at most ten sockets, and a closed one makes room', async () => {
    const { configure, connect, joined } = await setup();
    await configure(true);
    const clients = await Promise.all(Array.from({ length: MAX_SOCKETS }, () => connect().opened()));
    await joined(MAX_SOCKETS);
    expect(await connect().refused()).toEqual([
      429,
      'Too many WebSocket connections: at most 10 per instance',
    ]);
    clients[0]?.socket.close();
    await joined(MAX_SOCKETS - 1);
    await connect().opened();
  });

  test('what a client sends is ignored up to 64 KiB, more closes with 1009', async () => {
    const { configure, connect, emit, joined } = await setup();
    await configure(true);
    const client = await connect().opened();
    await joined(1);
    client.socket.send('x'.repeat(64 * 1024));
    client.socket.send(Buffer.alloc(10));
    await emit(1);
    await expect.poll(() => client.frames.length).toBe(1);
    client.socket.send('x'.repeat(64 * 1024 + 1));
    expect(await client.closed).toEqual({ code: 1009, reason: 'Message too big' });
    expect(client.socket.extensions).toBe('');
  });

  test('pings every 25 s keep a socket, silence of 60 s ends it', async () => {
    const { configure, connect, joined, clock } = await setup();
    await configure(true);
    const [lively, silent] = [connect(), connect({ autoPong: false })];
    await Promise.all([lively.opened(), silent.opened()]);
    await joined(2);
    let pings = 0;
    lively.socket.on('ping', () => pings++);
    for (let round = 1; round <= 2; round++) {
      clock.advance(25_000);
      await expect.poll(() => pings).toBe(round);
    }
    clock.advance(10_000);
    expect((await silent.closed).code).toBe(1006);
    await joined(1);
    expect(lively.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('a client that does not read is closed with 1013', async () => {
    const { hub, instance, configure, connect, joined } = await setup();
    await configure(true);
    const [slow, fast] = await Promise.all([connect().opened(), connect().opened()]);
    await joined(2);
    slow.socket.pause();
    const frame = 'x'.repeat(1024 * 1024);
    let sent = 0;
    while (hub.count(instance.id) === 2 && sent < 200) {
      hub.publish(instance.id, () => frame);
      sent++;
      await expect.poll(() => fast.frames.length).toBe(sent);
    }
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 1013, reason: 'Slow consumer' });
    expect(fast.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('an ended token closes its sockets and no others', async () => {
    const { hub, gateway, account, instance, configure, connect, joined } = await setup();
    await configure(true);
    const byInstance = await connect().opened();
    const byAccount = await connect({ token: account.token }).opened();
    await joined(2);
    const ended = `instance:${instance.id}`;
    hub.tokenEnded(ended, gateway.lookup('another token'), 0);
    hub.tokenEnded(ended, gateway.lookup(instance.token), Number.MAX_SAFE_INTEGER);
    await joined(2);
    hub.tokenEnded(ended, gateway.lookup(instance.token), 0);
    expect(await byInstance.closed).toEqual({ code: 1008, reason: 'Token revoked' });
    await joined(1);
    hub.accountSuspended(account.id);
    expect(await byAccount.closed).toEqual({ code: 1008, reason: 'Token revoked' });
  });

  test('a token that another process ended closes its sockets within five seconds', async () => {
    const { gateway, instance, configure, connect, joined, clock } = await setup();
    await configure(true);
    const client = await connect().opened();
    await joined(1);
    await gateway.records.rotateToken(instance.row, { token: undefined, graceSeconds: 10 });
    const isOpen = () => client.socket.readyState === WebSocket.OPEN;
    clock.advance(5_000);
    expect(isOpen()).toBe(true);
    await expect
      .poll(() => {
        if (isOpen()) clock.advance(5_000);
        return isOpen();
      })
      .toBe(false);
    expect(await client.closed).toEqual({ code: 1008, reason: 'Token revoked' });
  });

  test('deletion and shutdown say so', async () => {
    const { hub, instance, configure, connect, joined } = await setup();
    await configure(true);
    const first = await connect().opened();
    await joined(1);
    hub.instanceDeleted(instance.id);
    expect(await first.closed).toEqual({ code: 1008, reason: 'Instance deleted' });
    const second = await connect().opened();
    await joined(1);
    hub.shutdown();
    expect(await second.closed).toEqual({ code: 1012, reason: 'Service restart' });
    const late = await connect().opened();
    expect(await late.closed).toEqual({ code: 1012, reason: 'Service restart' });
  });

  test('without a socket nothing is serialised', async () => {
    const { hub, instance } = await setup();
    let asked = false;
    hub.publish(instance.id, () => {
      asked = true;
      return '';
    });
    expect(asked).toBe(false);
  });
});
