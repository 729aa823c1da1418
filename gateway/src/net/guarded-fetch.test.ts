import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { TestClock } from '../testing/test-clock.ts';
import { GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';
import { guardedLookup } from './guarded-lookup.ts';
import type { Resolve } from './resolve.ts';
import { LOOPBACK, Receiver } from './testing/network.ts';

function guarded(options: Partial<GuardedFetchOptions> = {}) {
  const fetch = new GuardedFetch({ allowed: LOOPBACK, clock: systemClock, ...options });
  onTestFinished(() => fetch.close());
  const get = (url: string) => fetch.request({ method: 'GET', url, headers: {}, deadlineMs: 15_000 });
  return { fetch, get };
}

/** DNS in which every name has these addresses. */
function names(...addresses: string[]): Resolve {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

describe('guarded fetch', () => {
  test('sends what it is given and reports status and headers', async () => {
    const receiver = await Receiver.start((response) =>
      response.writeHead(503, { 'Retry-After': '7' }).end(),
    );
    const { fetch } = guarded();
    const answer = await fetch.request({
      method: 'POST',
      url: `${receiver.url}path?q=1`,
      headers: { 'X-Test': 'yes' },
      body: Buffer.from('body'),
      deadlineMs: 15_000,
    });
    expect(answer.status).toBe(503);
    expect(answer.header('retry-after')).toBe('7');
    const [request] = await receiver.received(1);
    expect(request).toMatchObject({ method: 'POST', url: '/path?q=1', headers: { 'x-test': 'yes' } });
    expect(request?.body.toString()).toBe('body');
  });

  test.each([
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://0x7f.1:PORT/',
    'http://2130706433:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://localhost:PORT/',
    'http://inside.example:PORT/',
    'http://user:secret@inside.example:PORT/',
    'ftp://inside.example/',
    'nonsense',
  ])('%s does not reach this machine', async (url) => {
    const receiver = await Receiver.start();
    const { get } = guarded({ allowed: [], resolve: names('127.0.0.1', '::1') });
    await expect(get(url.replace('PORT', String(receiver.port)))).rejects.toMatchObject({
      reason: 'host_not_allowed',
    });
    expect(receiver.requests).toEqual([]);
  });

  test('user info is refused even for a permitted host', async () => {
    const receiver = await Receiver.start();
    const url = `http://user:secret@127.0.0.1:${receiver.port}/`;
    await expect(guarded().get(url)).rejects.toMatchObject({ reason: 'host_not_allowed' });
  });

  test('a name is connected at its permitted address only, which is the one that was checked', async () => {
    const receiver = await Receiver.start();
    let asked = 0;
    const resolve: Resolve = async (...args) => {
      asked++;
      return names('169.254.169.254', '127.0.0.1')(...args);
    };
    await guarded({ resolve }).get(`http://hook.example:${receiver.port}/`);
    expect(receiver.requests[0]?.headers.host).toBe(`hook.example:${receiver.port}`);
    expect(asked).toBe(1);
  });

  test('a redirect is an answer like any other and is not followed', async () => {
    const trap = await Receiver.start();
    const receiver = await Receiver.start((response) =>
      response.writeHead(308, { Location: trap.url }).end(),
    );
    expect((await guarded().get(receiver.url)).status).toBe(308);
    expect(trap.requests).toEqual([]);
  });

  test('an endless body is cut at the cap, and the answer counts', async () => {
    const receiver = await Receiver.start((response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(8_192)));
      };
      response.on('drain', more);
      more();
    });
    expect((await guarded().get(receiver.url)).status).toBe(200);
  });

  test('the deadline covers the body', async () => {
    const clock = new TestClock();
    const receiver = await Receiver.start((response) => {
      response.writeHead(200).write('first drop');
    });
    const { fetch } = guarded({ clock });
    const answer = fetch.request({ method: 'GET', url: receiver.url, headers: {}, deadlineMs: 15_000 });
    await receiver.received(1);
    clock.advance(15_000);
    await expect(answer).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('the deadline covers DNS', async () => {
    const clock = new TestClock();
    const asked = Promise.withResolvers<void>();
    const resolve: Resolve = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const answer = guarded({ clock, resolve }).get('http://hook.example/');
    await asked.promise;
    clock.advance(15_000);
    await expect(answer).rejects.toMatchObject({ reason: 'timeout' });
  });

  test.each(['ENOTFOUND', 'ETIMEOUT', 'ECONNREFUSED'])('%s of DNS is a dns_error', async (code) => {
    const resolve: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code }));
    await expect(guarded({ resolve }).get('http://hook.example/')).rejects.toMatchObject({
      reason: 'dns_error',
    });
  });

  test('a port without a listener is connection_refused', async () => {
    const receiver = await Receiver.start();
    const { url } = receiver;
    await receiver.close();
    await expect(guarded().get(url)).rejects.toMatchObject({ reason: 'connection_refused' });
  });

  test('a peer that hangs up is connection_reset', async () => {
    const receiver = await Receiver.start((response) => response.destroy());
    await expect(guarded().get(receiver.url)).rejects.toMatchObject({ reason: 'connection_reset' });
  });

  test('a peer that does not speak TLS is tls_error', async () => {
    const receiver = await Receiver.start();
    const url = receiver.url.replace('http:', 'https:');
    await expect(guarded().get(url)).rejects.toMatchObject({ reason: 'tls_error' });
  });
});

test('the guarded lookup serves a plain socket too', async () => {
  const server = createServer((socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const refused = connect({ host: 'proxy.example', port, lookup: guardedLookup([], names('127.0.0.1')) });
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'EHOSTNOTALLOWED' });
  const open = connect({ host: 'proxy.example', port, lookup: guardedLookup(LOOPBACK, names('127.0.0.1')) });
  expect(String((await once(open, 'data'))[0])).toBe('hello');
});
