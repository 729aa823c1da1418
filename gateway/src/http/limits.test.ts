import { describe, expect, it } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { guardedAddress } from './access/login-guard.ts';
import { decide, MemoryRateStore } from './access/rate-limit.ts';
import { ADMIN_TOKEN, type TestAnswer } from './testing/gateway.ts';
import { tenantGateway } from './testing/instances.ts';

const LIST = '/api/instance/list';
const limitHeaders = ({ headers }: TestAnswer) =>
  ['limit', 'remaining', 'reset'].map((name) => headers[`x-ratelimit-${name}`]);
const RESET = String(Date.parse('2026-04-28T10:31:00Z') / 1000);

describe('a window', () => {
  it('opens with the first request, refuses past its limit without counting, and ends after a minute', () => {
    const first = decide(undefined, 2, 1000);
    expect(first.decision).toEqual({ allowed: true, limit: 2, remaining: 1, resetsAt: 61_000 });
    const second = decide(first.window, 2, 30_000);
    expect(second.decision).toEqual({ allowed: true, limit: 2, remaining: 0, resetsAt: 61_000 });
    const third = decide(second.window, 2, 60_999);
    expect(third.decision).toMatchObject({ allowed: false, remaining: 0 });
    expect(third.window).toEqual(second.window);
    expect(decide(third.window, 2, 61_000).decision).toMatchObject({ allowed: true, resetsAt: 121_000 });
  });

  it('does not stay open when the clock goes back', () => {
    const { window } = decide(undefined, 1, 1_000_000);
    expect(decide(window, 1, 0).decision.allowed).toBe(true);
  });

  it('is forgotten when it ended, and memory stays bounded', () => {
    const store = new MemoryRateStore(10);
    for (let i = 0; i < 100; i++) store.take(`key ${i}`, 5, 0);
    expect(store.size).toBeLessThanOrEqual(10);
    store.take('later', 5, 60_000);
    expect(store.size).toBe(1);
  });
});

describe('an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is limited as %s', (address, key) => {
    expect(guardedAddress(address)).toBe(key);
  });
});

describe.each(databases)('the rate limit on $name', ({ open }) => {
  it('is counted per principal, shown on every answer, and lifted after a minute', async () => {
    const { call, account, instance, clock } = await tenantGateway(await open());
    const owner = await account({ name: 'a', rateLimitPerMinute: 3 });
    const mine = await instance(owner, 'mine');
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) seen.push(limitHeaders(await call('GET', LIST, { token: owner.token })));
    expect(seen).toEqual([
      ['3', '2', RESET],
      ['3', '1', RESET],
      ['3', '0', RESET],
      ['3', '0', RESET],
    ]);
    clock.advance(30_500);
    const refused = await call('GET', LIST, { token: owner.token });
    expect([refused.status, refused.headers['retry-after'], refused.body]).toEqual([
      429,
      '30',
      { success: false, error: { message: 'Rate limit exceeded. Try again later.' } },
    ]);
    expect(limitHeaders(await call('GET', LIST, { token: mine.token }))[1]).toBe('2');
    clock.advance(29_500);
    expect((await call('GET', LIST, { token: owner.token })).status).toBe(200);
  });

  it('counts every request of a known token, refused ones too, and creation apart', async () => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account();
    await call('GET', '/api/instance/getSettings/nowhere', { token });
    await call('POST', '/api/instance/settings/nowhere', { token, body: '{' });
    expect(limitHeaders(await call('GET', LIST, { token }))).toEqual(['100', '97', RESET]);
    const created = await call('POST', '/api/instance/new', { token, body: {} });
    expect(limitHeaders(created)).toEqual(['20', '19', RESET]);
    for (let i = 0; i < 19; i++) await call('POST', '/api/instance/new', { token, body: {} });
    expect((await call('POST', '/api/instance/new', { token, body: {} })).status).toBe(429);
    expect((await call('GET', LIST, { token })).status).toBe(200);
  });

  it('survives a rotation of the token', async () => {
    const { call, account, accounts } = await tenantGateway(await open());
    const { id, token } = await account();
    await call('GET', LIST, { token });
    const rotated = await accounts.rotateToken(id, 0);
    expect(limitHeaders(await call('GET', LIST, { token: rotated.token }))[1]).toBe('98');
  });

  it('does not exist for admin routes', async () => {
    const { call } = await tenantGateway(await open());
    for (const token of [ADMIN_TOKEN, 'wrong', undefined]) {
      expect(limitHeaders(await call('GET', '/admin/accounts', { token }))).toEqual(Array(3).fill(undefined));
    }
  });
});

describe.each(databases)('failed logins on $name', ({ open }) => {
  it('are counted per address and shown where there is no principal', async () => {
    const { call } = await tenantGateway(await open());
    expect(limitHeaders(await call('GET', LIST))).toEqual(['100', '99', RESET]);
    expect(limitHeaders(await call('GET', LIST, { token: 'x' }))[1]).toBe('98');
    const conflict = { token: 'x', headers: { authorization: 'Bearer y' } };
    expect(limitHeaders(await call('GET', LIST, conflict))[1]).toBe('97');
    expect(limitHeaders(await call('GET', '/nowhere'))[1]).toBe('97');
    expect(limitHeaders(await call('GET', LIST, { from: '203.0.113.7' }))[1]).toBe('99');
  });

  it('close an address for guessing but not for tokens that were used from it lately', async () => {
    const server = { failedLoginsPerMinute: 3 };
    const { call, account, clock } = await tenantGateway(await open(), { server });
    const [known, fresh] = [await account(), await account()];
    expect((await call('GET', LIST, { token: known.token })).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await call('GET', LIST, { token: `guess-${i}` })).status).toBe(401);
    const refused = await call('GET', LIST, { token: fresh.token });
    expect([refused.status, ...limitHeaders(refused), refused.headers['retry-after']]).toEqual([
      429,
      '3',
      '0',
      RESET,
      '60',
    ]);
    expect((await call('GET', LIST)).status).toBe(429);
    expect((await call('GET', '/admin/accounts', { token: ADMIN_TOKEN })).status).toBe(429);
    expect((await call('GET', LIST, { token: known.token })).status).toBe(200);
    expect((await call('GET', LIST, { token: fresh.token, from: '203.0.113.7' })).status).toBe(200);
    clock.advance(60_000);
    expect((await call('GET', LIST, { token: fresh.token })).status).toBe(200);
  });

  it('no longer trust a token whose last login from the address is ten minutes old', async () => {
    const { call, account, clock } = await tenantGateway(await open(), {
      server: { failedLoginsPerMinute: 1 },
    });
    const { token } = await account();
    await call('GET', LIST, { token });
    clock.advance(10 * 60_000);
    await call('GET', LIST, { token: 'guess' });
    expect((await call('GET', LIST, { token })).status).toBe(429);
  });
});
