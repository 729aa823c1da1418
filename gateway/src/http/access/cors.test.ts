import { describe, expect, it } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { ADMIN_TOKEN, type TestAnswer } from '../testing/gateway.ts';
import { tenantGateway } from '../testing/instances.ts';

const LIST = '/api/instance/list';
const ORIGIN = 'https://app.example.com';
const from = (origin: string) => ({ headers: { origin } });
const allowed = ({ headers }: TestAnswer) => headers['access-control-allow-origin'];

async function setup(open: (typeof databases)[number]['open'], allowedOrigins: string[]) {
  return tenantGateway(await open(), { server: { allowedOrigins } });
}

describe.each(databases)('CORS on $name', ({ open }) => {
  it('answers a preflight of an origin that the installation or some account allows', async () => {
    const { call, account } = await setup(open, [ORIGIN]);
    await account({ name: 'a', allowedOrigins: ['https://tenant.example'] });
    for (const origin of [ORIGIN, 'https://tenant.example']) {
      const { status, headers, body } = await call('OPTIONS', LIST, from(origin));
      expect([status, body]).toEqual([204, null]);
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        vary: 'Origin',
        'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
        'access-control-allow-headers': 'Content-Type, Authorization, token, Idempotency-Key',
        'access-control-max-age': '600',
      });
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    const refused = await call('OPTIONS', LIST, from('https://evil.example'));
    expect([refused.status, allowed(refused)]).toEqual([204, undefined]);
  });

  it('runs the real request only for origins of the effective list', async () => {
    const { call, account } = await setup(open, [ORIGIN]);
    const [plain, own] = [
      await account(),
      await account({ name: 'own', allowedOrigins: ['https://own.example'] }),
    ];
    const ask = (token: string, origin: string) => call('GET', LIST, { token, ...from(origin) });
    const good = await ask(plain.token, ORIGIN);
    expect([good.status, allowed(good), good.headers.vary]).toEqual([200, ORIGIN, 'Origin']);
    expect(good.headers['access-control-expose-headers']).toBe(
      'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id',
    );
    expect((await ask(own.token, 'https://own.example')).status).toBe(200);
    const refused = [
      await ask(own.token, ORIGIN),
      await ask(plain.token, 'https://own.example'),
      await ask(plain.token, `${ORIGIN}:8443`),
      await ask(plain.token, 'null'),
    ];
    for (const { status, headers, body } of refused) {
      expect([status, body.error.message]).toEqual([403, 'Origin not allowed']);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('does not run the operation for a refused origin', async () => {
    const { call, account } = await setup(open, []);
    const { token } = await account();
    const body = { name: 'a' };
    expect((await call('POST', '/api/instance/new', { token, body, ...from(ORIGIN) })).status).toBe(403);
    expect((await call('GET', LIST, { token })).body.meta.total).toBe(0);
  });

  it('accepts requests without an origin and those of its own host', async () => {
    const { call, account } = await setup(open, []);
    const { token } = await account();
    const own = { host: 'api.example.com', origin: 'https://api.example.com' };
    expect((await call('GET', LIST, { token })).status).toBe(200);
    expect((await call('GET', LIST, { token, headers: own })).status).toBe(200);
    const other = { host: 'api.example.com:8080', origin: 'https://api.example.com' };
    expect((await call('GET', LIST, { token, headers: other })).status).toBe(403);
  });

  it('says * where the effective list does', async () => {
    const { call, account } = await setup(open, ['*']);
    const { token } = await account();
    const answer = await call('GET', LIST, { token, ...from(ORIGIN) });
    expect([allowed(answer), answer.headers.vary]).toEqual(['*', undefined]);
    expect(allowed(await call('OPTIONS', LIST, from(ORIGIN)))).toBe('*');
  });

  it('lets browsers read refusals that come before the account is known', async () => {
    const { call } = await setup(open, [ORIGIN]);
    for (const token of [undefined, 'wrong']) {
      expect(allowed(await call('GET', LIST, { token, ...from(ORIGIN) }))).toBe(ORIGIN);
      expect(allowed(await call('GET', LIST, { token, ...from('https://evil.example') }))).toBeUndefined();
    }
  });

  it('does not exist for admin routes', async () => {
    const { call } = await setup(open, ['*']);
    const answer = await call('GET', '/admin/accounts', { token: ADMIN_TOKEN, ...from(ORIGIN) });
    expect([answer.status, allowed(answer)]).toEqual([200, undefined]);
    expect(allowed(await call('OPTIONS', '/admin/accounts', from(ORIGIN)))).toBeUndefined();
  });
});
