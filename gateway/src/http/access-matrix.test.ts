import { describe, expect, it } from 'vitest';
import { databases, type TestStorage } from '../storage/testing/databases.ts';
import { registeredPaths } from './paths.ts';
import type { Access, Route } from './route.ts';
import { ADMIN_TOKEN } from './testing/gateway.ts';
import { offlineGateway } from './testing/offline.ts';

/** Who asks. Every route is asked by each of them. */
const CALLERS = [
  'no token',
  'unknown token',
  'another account',
  'own account',
  'another instance of the account',
  'instance of another account',
  'own instance',
  'own instance, previous token',
  'admin',
] as const;
type Caller = (typeof CALLERS)[number];

/** `passes`: the access rule lets the caller in; what the operation then says is its own matter. */
type Verdict = 'passes' | `${401 | 403} ${string}`;

const MISSING = '401 Missing token in header';
const MISSING_WS = '401 Missing token in header, Authorization header, or query parameter';
const INVALID = '401 Invalid token';
const FOREIGN = '403 Instance does not belong to your account';
const MISMATCH = '403 Instance token does not match requested instance';

function row(verdicts: Verdict[]): Record<Caller, Verdict> {
  return Object.fromEntries(CALLERS.map((caller, i) => [caller, verdicts[i]])) as Record<Caller, Verdict>;
}

/** Status of the answer for each rule of access, in the order of `CALLERS`. */
function expected(access: Access): Record<Caller, Verdict> {
  const known = [MISSING, INVALID] as const;
  const wrongOwner: Verdict[] = [FOREIGN, 'passes', MISMATCH, MISMATCH];
  switch (access.to) {
    case 'open':
      return row(CALLERS.map(() => 'passes'));
    case 'admin':
      return row(['401 Missing token', ...Array<Verdict>(7).fill(INVALID), 'passes']);
    case 'account': {
      const refused = Array<Verdict>(4).fill('401 Invalid account token');
      return row([...known, 'passes', 'passes', ...refused, INVALID]);
    }
    case 'either':
      return row([...known, ...Array<Verdict>(6).fill('passes'), INVALID]);
    case 'instance':
      if (access.accountOnly) {
        return row([...known, FOREIGN, 'passes', ...Array<Verdict>(5).fill(INVALID)]);
      }
      return row([...known, ...wrongOwner, 'passes', access.currentTokenOnly ? INVALID : 'passes', INVALID]);
    case 'instances':
      return row([...known, ...wrongOwner, 'passes', 'passes', INVALID]);
    case 'socket': {
      const other = '401 Invalid instance token';
      return row([MISSING_WS, INVALID, FOREIGN, 'passes', other, other, 'passes', 'passes', INVALID]);
    }
  }
}

/** The whole gateway over real HTTP, with two accounts and three instances. */
async function tenants(storage: TestStorage) {
  const { accounts, records, routes, baseUrl } = await offlineGateway(storage);
  const account = (name: string) => accounts.create({ name, rateLimitPerMinute: 100_000 });
  const instance = (id: string, name: string, token: string) =>
    records.create(id, { name, token, settings: {}, proxy: null, s3: null });
  const [own, foreign] = [await account('own'), await account('foreign')];
  const mine = await instance(own.account.id, 'mine', 'token-of-mine-before');
  await instance(own.account.id, 'sibling', 'token-of-the-sibling');
  await instance(foreign.account.id, 'stranger', 'token-of-the-stranger');
  await records.rotateToken(mine, { token: 'token-of-mine-now', graceSeconds: 3600 });
  const tokens: Record<Caller, string | undefined> = {
    'no token': undefined,
    'unknown token': 'token-of-nobody-at-all',
    'another account': foreign.token,
    'own account': own.token,
    'another instance of the account': 'token-of-the-sibling',
    'instance of another account': 'token-of-the-stranger',
    'own instance': 'token-of-mine-now',
    'own instance, previous token': 'token-of-mine-before',
    admin: ADMIN_TOKEN,
  };
  const call = async (method: string, path: string, caller: Caller) => {
    const token = tokens[caller];
    const json = { 'content-type': 'application/json' };
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { ...json, ...(token === undefined ? {} : { token }) },
      // No operation starts with it: a caller who passes gets 400 from those that need a body.
      ...(method === 'GET' ? {} : { body: '{' }),
    });
    const body = (await answer.json()) as { error?: { message: string } };
    return { status: answer.status, text: body.error?.message ?? '' };
  };
  const withInstance = routes.filter(({ path }) => path.includes(':instance'));
  return { call, routes, withInstance };
}

const pathOf = ({ path }: Route, name = 'mine') =>
  path.replace(':instance', name).replace(':account', 'nobody');

describe.each(databases)('access to every route on $name', ({ open }) => {
  it('is stated by the place of the route: only probes are open', async () => {
    const { routes } = await tenants(await open());
    for (const { path, access } of routes) {
      const places: [RegExp, Access['to'][]][] = [
        [/^\/(health|live|ready)$/, ['open']],
        [/^\/admin\//, ['admin']],
        [/^\/ws\/:instance$/, ['socket']],
        [/^\/api\/[a-z]+\/.*:instance/, ['instance', 'instances']],
        [/^\/api\/instance\/(new|list)$/, ['account', 'either']],
      ];
      const [, allowed] = places.find(([place]) => place.test(path)) ?? [];
      expect(allowed, `${path} needs a row here`).toContain(access.to);
    }
  });

  it.each(CALLERS)('is what the contract says for: %s', async (caller) => {
    const { call, routes } = await tenants(await open());
    // Deletion comes last: it takes away what the others ask for.
    const last = ({ method, path }: Route) =>
      Number(method === 'DELETE' && path === '/api/instance/delete/:instance');
    const wrong: string[] = [];
    for (const route of routes.toSorted((a, b) => last(a) - last(b))) {
      const verdict = expected(route.access)[caller];
      const { status, text } = await call(route.method, pathOf(route), caller);
      const refused = [401, 403].includes(status) || /^instance not found$/i.test(text);
      if (verdict === 'passes' ? refused : `${status} ${text}` !== verdict) {
        wrong.push(`${route.method} ${route.path}: ${status} ${text} instead of ${verdict}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(routes.length).toBeGreaterThan(25);
  });

  it('never depends on whether another instance exists, for a TokenInstance', async () => {
    const { call, withInstance } = await tenants(await open());
    for (const route of withInstance) {
      const foreign = await call(route.method, pathOf(route, 'stranger'), 'own instance');
      expect(foreign).toEqual(await call(route.method, pathOf(route, 'nowhere'), 'own instance'));
    }
  });

  it('is 404 for an instance that exists nowhere, for a TokenAccount', async () => {
    const { call, withInstance } = await tenants(await open());
    for (const route of withInstance) {
      const answer = await call(route.method, pathOf(route, 'nowhere'), 'own account');
      const { access } = route;
      const lowerCase = access.to === 'instance' && access.unknown === 'lower case';
      const text = lowerCase ? 'instance not found' : 'Instance not found';
      expect([route.path, answer]).toEqual([route.path, { status: 404, text }]);
    }
  });

  it('is 400 where the name of the instance is missing, empty or blank', async () => {
    const { call, withInstance } = await tenants(await open());
    for (const route of withInstance.filter(({ path }) => path.endsWith('/:instance'))) {
      for (const path of [...registeredPaths(route.path).slice(1), pathOf(route, '%20')]) {
        const answer = await call(route.method, path, 'own account');
        expect([path, answer]).toEqual([path, { status: 400, text: 'Instance name is required' }]);
      }
    }
  });
});
