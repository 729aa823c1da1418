import { describe, expect, it } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { route } from './route.ts';
import { testGateway } from './testing/gateway.ts';

const PROXY = '10.0.0.2';
const STRANGER = '203.0.113.9';
const over = (protocol: string) => ({ 'x-forwarded-proto': protocol });
const by = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') });

const get = (path: string, access: 'open' | 'either') =>
  route({
    method: 'GET',
    path,
    summary: '',
    access: { to: access },
    handle: async () => ({ body: { success: true } }),
  });

describe.each(databases.slice(0, 1))('behind a proxy', ({ open }) => {
  const setup = async (httpsOnly: boolean) =>
    testGateway({
      storage: await open(),
      routes: () => [
        ...['/health', '/live', '/ready'].map((path) => get(path, 'open')),
        get('/api/x', 'either'),
      ],
      server: { trustedProxies: ['10.0.0.0/8'], httpsOnly, failedLoginsPerMinute: 1 },
    });

  it.each([
    ['over https, says the proxy', '/api/x', PROXY, over('https'), 401],
    ['over http, says the proxy', '/api/x', PROXY, over('http'), 403],
    ['without a word of it', '/api/x', PROXY, {}, 403],
    ['over https, says a stranger', '/api/x', STRANGER, over('https'), 403],
    ['of a path that does not exist', '/api/y', STRANGER, {}, 403],
    ['of a probe', '/health', STRANGER, {}, 200],
    ['of a probe', '/live', STRANGER, {}, 200],
    ['of a probe', '/ready', STRANGER, {}, 200],
  ])(
    'where HTTPS is required, a request %s (%s from %s) gets its answer',
    async (_, path, from, headers, status) => {
      const { call } = await setup(true);
      const answer = await call('GET', path, { from, headers });
      expect(answer.status).toBe(status);
      if (status !== 403) return;
      expect(answer.body).toEqual({ success: false, error: { message: 'HTTPS is required' } });
      expect(answer.headers).toHaveProperty('x-ratelimit-limit', '1');
    },
  );

  it('counts failed logins of the client that the proxy names, and trusts no other peer', async () => {
    const { call } = await setup(false);
    const tried = async (from: string, headers: Record<string, string>) =>
      (await call('GET', '/api/x', { from, headers })).status;
    expect(await tried(PROXY, by('198.51.100.1'))).toBe(401);
    expect(await tried(PROXY, by('198.51.100.9', '198.51.100.1'))).toBe(429);
    expect(await tried(PROXY, by('198.51.100.2'))).toBe(401);
    expect(await tried(STRANGER, by('198.51.100.3'))).toBe(401);
    expect(await tried(STRANGER, by('198.51.100.4'))).toBe(429);
  });
});
