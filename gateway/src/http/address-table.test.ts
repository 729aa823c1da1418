import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { Channels } from '../events/channels.ts';
import { urlOfEvent } from '../events/webhooks/webhook-request.ts';
import { addressRanges } from '../net/address-policy.ts';
import { GuardedFetch } from '../net/guarded-fetch.ts';
import { guardedLookup } from '../net/guarded-lookup.ts';
import type { Resolve } from '../net/resolve.ts';
import { type LOOPBACK, Receiver } from '../net/testing/network.ts';
import { databases } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { proxyAgent } from '../whatsapp/baileys/proxy-agent.ts';
import { fetchPreview } from '../whatsapp/outbound/link-preview.ts';
import { eventRoutes } from './routes/events/index.ts';
import { instanceRoutes } from './routes/instance/index.ts';
import { testGateway } from './testing/gateway.ts';
import { noPasskeys, WatchedSupervisor } from './testing/instances.ts';

/** Hosts that lead into a private network or this machine, as a URL may spell them. One line for each kind. */
const PRIVATE_HOSTS = [
  ...['127.0.0.1', '127.1', '127.0.1', '0x7f.1', '0x7f000001', '2130706433', '0177.0.0.1', '127.0.0.1.'],
  ...['127.255.255.254', '１２７.0.0.1', 'localhost', 'LOCALHOST', 'localhost.', 'api.localhost'],
  ...['0.0.0.0', '0', '0.1.2.3'],
  ...[
    '10.0.0.1',
    '10.1',
    '0xa000001',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '3232235777',
  ],
  ...['100.64.0.1', '100.127.255.255', '100.100.100.200', '168.63.129.16'],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '169.254.1'],
  ...['192.0.0.1', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::7f00:1]', '[::127.0.0.1]', '[::8.8.8.8]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]', '[::ffff:0:127.0.0.1]'],
  ...['[64:ff9b::7f00:1]', '[64:ff9b::808:808]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001::1]'],
  ...['[fc00::1]', '[fd00:ec2::254]', '[fe80::1]', '[fec0::1]', '[ff02::1]'],
  ...['[100::1]', '[2001:db8::1]', '[3fff::1]', '[5f00::1]'],
];

/** What DNS may answer. */
const PRIVATE_ADDRESSES = [
  ...['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
  ...['198.18.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', '::ffff:127.0.0.1', '::ffff:a00:1'],
  ...['64:ff9b::a00:1', '2002:a00:1::', 'fc00::1', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1'],
];

const at = (...addresses: string[]): Resolve => {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

/** Every field in which a tenant writes where the gateway shall connect to. `text` is what the answer calls it. */
const FIELDS: { name: string; path: string; text: string; body(host: string): object; inBlock?: string }[] = [
  {
    name: 'a webhook',
    path: '/api/events/webhook/sales',
    text: 'Url',
    body: (host) => ({ enabled: true, url: `https://${host}:8443/hook` }),
  },
  {
    name: 'the webhook of a new instance',
    path: '/api/instance/new',
    text: 'Url',
    body: (host) => ({ webhookEnabled: true, webhookURL: `http://${host}/` }),
    inBlock: 'webhook',
  },
  {
    name: 'an S3 endpoint',
    path: '/api/instance/s3/sales',
    text: 'Endpoint',
    body: (host) => ({ enabled: true, bucket: 'b', accessKey: 'a', endpoint: `http://${host}:9000` }),
  },
  {
    name: 'the S3 endpoint of a new instance',
    path: '/api/instance/new',
    text: 'S3Endpoint',
    body: (host) => ({ s3Enabled: true, s3Bucket: 'b', s3AccessKey: 'a', s3Endpoint: `https://${host}` }),
  },
  {
    name: 'a proxy',
    path: '/api/instance/proxy/sales',
    text: 'Host',
    body: (host) => ({ enabled: true, host, port: '1080', protocol: 'socks5' }),
  },
  {
    name: 'the proxy of a new instance',
    path: '/api/instance/new',
    text: 'ProxyHost',
    body: (host) => ({ proxyEnabled: true, proxyHost: host, proxyPort: '8080' }),
  },
];

describe('a private address as it is written', () => {
  test.each(FIELDS)('is refused in $name', async ({ path, text, body, inBlock }) => {
    const storage = await databases[0]!.open();
    const supervisor = new WatchedSupervisor(storage.db);
    const gateway = await testGateway({
      storage,
      routes: (services) => [
        ...instanceRoutes({
          ...services,
          supervisor,
          passkeys: noPasskeys(),
          baseUrl: () => '',
          allowed: [],
        }),
        ...eventRoutes({
          ...services,
          storage,
          allowed: [],
          channels: new Channels(services),
          courier: { wake: () => {} },
          baseUrl: () => '',
          eventLogDays: 7,
        }),
      ],
    });
    const account = await gateway.account();
    await gateway.instance(account, 'sales');
    const passed: string[] = [];
    for (const [index, host] of PRIVATE_HOSTS.entries()) {
      gateway.clock.advance(60_000); // past the rate limit
      const request = { name: `i${index}`, ...body(host) };
      const answer = await gateway.call('POST', path, { token: account.token, body: request });
      const said = inBlock ? answer.body.instance[inBlock].error : answer.body.error?.message;
      // A host of a proxy is no URL, so it has fewer spellings.
      const refused = [`${text} address is not allowed`, `${text} must be a host name or an IP address`];
      if (!refused.includes(said)) passed.push(`${host}: ${answer.status} ${said}`);
    }
    expect(passed).toEqual([]);
    await storage.close();
  });
});

/** A listener on this machine that must get no connection. */
async function trap(): Promise<{ port: number; untouched(): void }> {
  const receiver = await Receiver.start();
  return { port: receiver.port, untouched: () => expect(receiver.requests).toEqual([]) };
}

function guarded(allowed: typeof LOOPBACK, resolve: Resolve): GuardedFetch {
  const fetch = new GuardedFetch({ allowed, clock: systemClock, resolve });
  onTestFinished(() => fetch.close());
  return fetch;
}

const post = (fetch: GuardedFetch, url: string) =>
  fetch.request({
    method: 'POST',
    url: urlOfEvent(url, 'call.update'),
    headers: {},
    body: Buffer.from('{}'),
    deadlineMs: 5_000,
  });
const preview = (fetch: GuardedFetch, url: string) =>
  fetchPreview(url, { fetch, clock: systemClock, log: createLog('silent') });

describe('when it connects', () => {
  test('a webhook and a link preview reach none of them, however it is written', async () => {
    const { port, untouched } = await trap();
    const fetch = guarded([], at('127.0.0.1'));
    for (const host of PRIVATE_HOSTS) {
      const url = `http://${host}:${port}/`;
      await expect(post(fetch, url), host).rejects.toMatchObject({ reason: 'host_not_allowed' });
      expect(await preview(fetch, url), host).toBeNull();
    }
    untouched();
  });

  test.each(PRIVATE_ADDRESSES)('a name of %s is refused to webhook, preview and proxy', async (address) => {
    const { port, untouched } = await trap();
    const fetch = guarded([], at(address));
    const url = `http://inside.example:${port}/`;
    await expect(post(fetch, url)).rejects.toMatchObject({ reason: 'host_not_allowed' });
    expect(await preview(fetch, url)).toBeNull();
    for (const protocol of ['http', 'https', 'socks5'] as const) {
      expect(await throughProxy(protocol, port, [], at(address))).toMatchObject({
        message: 'address of inside.example is not allowed',
      });
    }
    untouched();
  });

  /** DNS that was harmless when it was asked first, and answers with a private address from then on. */
  const rebinding = (): Resolve => {
    let asked = 0;
    return (name) => at(asked++ === 0 ? '127.0.0.1' : '127.0.0.2')(name);
  };
  const ONE_ADDRESS = addressRanges(['127.0.0.1/32']) ?? [];

  test('a name that is bound anew is refused from the next connection on', async () => {
    const seen: string[] = [];
    const receiver = await Receiver.start((response, { url }) => {
      seen.push(url);
      response.writeHead(200, { Connection: 'close', 'Content-Type': 'text/html' });
      response.end('<title>harmless</title>');
    });
    const url = `http://rebound.example:${receiver.port}/`;
    const hooks = guarded(ONE_ADDRESS, rebinding());
    expect((await post(hooks, url)).status).toBe(200);
    await expect(post(hooks, url)).rejects.toMatchObject({ reason: 'host_not_allowed' });
    const previews = guarded(ONE_ADDRESS, rebinding());
    expect(await preview(previews, url)).toMatchObject({ title: 'harmless' });
    expect(await preview(previews, url)).toBeNull();
    expect(seen).toEqual(['/call.update', '/']);

    const lookup = guardedLookup(ONE_ADDRESS, rebinding());
    const first = connect({ host: 'proxy.example', port: receiver.port, lookup });
    await once(first, 'connect');
    expect(first.remoteAddress).toBe('127.0.0.1');
    first.destroy();
    const second = connect({ host: 'proxy.example', port: receiver.port, lookup });
    expect(await once(second, 'error')).toMatchObject([{ code: 'EHOSTNOTALLOWED' }]);
  });

  test.each(['http://127.0.0.2:PORT/', 'http://2130706434:PORT/', 'http://inside.example:PORT/'])(
    'a redirect to %s leads nowhere',
    async (target) => {
      const { port, untouched } = await trap();
      const receiver = await Receiver.start((response) =>
        response.writeHead(302, { Location: target.replace('PORT', String(port)) }).end(),
      );
      const fetch = guarded(ONE_ADDRESS, at('127.0.0.2'));
      expect((await post(fetch, receiver.url)).status).toBe(302);
      expect(await preview(fetch, receiver.url)).toBeNull();
      expect(receiver.requests).toHaveLength(2);
      untouched();
    },
  );
});

/** The error with which a connection to WhatsApp through this proxy fails. */
async function throughProxy(
  protocol: 'http' | 'https' | 'socks5',
  port: number,
  allowed: typeof LOOPBACK,
  resolve: Resolve,
): Promise<unknown> {
  const proxy = { protocol, host: 'inside.example', port, username: null, password: null };
  const agent = proxyAgent(proxy, guardedLookup(allowed, resolve));
  const sent = request({ host: 'web.whatsapp.com', port: 443, agent }).end();
  const [error] = await once(sent, 'error');
  return error;
}
