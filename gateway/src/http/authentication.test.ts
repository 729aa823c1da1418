import { describe, expect, it } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { tenantGateway } from './testing/instances.ts';

const LIST = '/api/instance/list';

async function setup(open: (typeof databases)[number]['open']) {
  const gateway = await tenantGateway(await open());
  const owner = await gateway.account();
  const mine = await gateway.instance(owner, 'mine');
  const ask = async (headers: Record<string, string>, url = LIST) => {
    const { status, body } = await gateway.call('GET', url, { headers });
    return status === 200 ? 200 : `${status} ${body.error.message}`;
  };
  return { ...gateway, owner, mine, ask };
}

describe.each(databases)('authentication on $name', ({ open }) => {
  it('takes the token from either header, in any spelling of their names', async () => {
    const { ask, owner, mine } = await setup(open);
    for (const { token } of [owner, mine]) {
      const taken = [
        { token },
        { TOKEN: token },
        { token: `  ${token}  ` },
        { authorization: `Bearer ${token}` },
        { Authorization: `bEARER   ${token} ` },
        { token, authorization: `Bearer ${token}` },
        { token, authorization: 'Basic dXNlcjpwYXNz' },
        { token: '', authorization: `Bearer ${token}` },
      ];
      for (const headers of taken) expect([headers, await ask(headers)]).toEqual([headers, 200]);
    }
  });

  it('says what is missing, wrong or contradictory', async () => {
    const { ask, owner, mine } = await setup(open);
    const { token } = mine;
    const missing = '401 Missing token in header';
    const invalid = '401 Invalid token';
    const conflict = '400 Conflicting tokens in request';
    const cases: [Record<string, string>, string][] = [
      [{}, missing],
      [{ token: '' }, missing],
      [{ token: '   ' }, missing],
      [{ authorization: token }, missing],
      [{ authorization: `Basic ${token}` }, missing],
      [{ authorization: 'Bearer ' }, missing],
      [{ token: token.slice(0, -1) }, invalid],
      [{ token: `${token}x` }, invalid],
      [{ token: token.toUpperCase() }, invalid],
      [{ token: `${token.slice(0, 8)} ${token.slice(8)}` }, invalid],
      [{ token: 'x'.repeat(10_000) }, invalid],
      [{ token: 'tök€n' }, invalid],
      [{ token, authorization: `Bearer ${owner.token}` }, conflict],
      [{ token: 'a', authorization: 'Bearer b' }, conflict],
    ];
    for (const [headers, text] of cases) expect([headers, await ask(headers)]).toEqual([headers, text]);
  });

  it('ignores ?token= outside of WebSockets', async () => {
    const { ask, owner } = await setup(open);
    expect(await ask({}, `${LIST}?token=${owner.token}`)).toBe('401 Missing token in header');
    expect(await ask({ token: owner.token }, `${LIST}?token=other`)).toBe(200);
  });

  it('resolves a custom token that two accounts share by the path, or refuses it', async () => {
    const { ask, account, instance } = await setup(open);
    const token = 'shared-custom-token';
    const [one, two] = [await account(), await account()];
    await instance(one, 'sales', token);
    expect(await ask({ token })).toBe(200);
    await instance(two, 'support', token);
    const settings = (name: string) => ask({ token }, `/api/instance/getSettings/${name}`);
    expect(await settings('sales')).toBe(200);
    expect(await settings('support')).toBe(200);
    expect(await settings('other')).toBe('401 Invalid token');
    expect(await ask({ token })).toBe('401 Invalid token');
    const metrics = (names: string) => ask({ token }, `/api/instance/metrics/${names}`);
    expect(await metrics('sales, sales')).toBe(200);
    expect(await metrics('sales,support')).toBe('401 Invalid token');
    const third = await account();
    await instance(third, 'sales', token);
    expect(await settings('sales')).toBe('401 Invalid token');
    expect(await settings('support')).toBe(200);
  });

  it('prefers the account when an instance elsewhere holds the same value', async () => {
    const { account, instance, call } = await setup(open);
    const [one, two] = [await account(), await account()];
    await instance(two, 'trap', one.token);
    const { body } = await call('GET', LIST, { token: one.token });
    expect(body.meta.total).toBe(0);
  });

  describe('POST /api/instance/token/:instance', () => {
    it('forgets a token with rotation, grace, deletion and suspension, and remembers it after a resumption', async () => {
      const { ask, call, accounts, clock, owner, mine } = await setup(open);
      const rotate = (token: string, body: object) =>
        call('POST', '/api/instance/token/mine', { token, body });
      const first = await rotate(mine.token, { graceSeconds: 60 });
      expect(first.body).toEqual({
        success: true,
        message: 'Instance token rotated',
        instance: {
          id: mine.id,
          name: 'mine',
          token: first.body.instance.token,
          previousTokenExpiresAt: '2026-04-28T10:31:00Z',
        },
      });
      const second = first.body.instance.token;
      expect(await ask({ token: mine.token })).toBe(200);
      expect((await rotate(mine.token, {})).body.error.message).toBe('Invalid token');
      clock.advance(59_999);
      expect(await ask({ token: mine.token })).toBe(200);
      clock.advance(1);
      expect(await ask({ token: mine.token })).toBe('401 Invalid token');

      await rotate(second, { graceSeconds: 3600 });
      const third = (await rotate(owner.token, {})).body.instance;
      expect(third.previousTokenExpiresAt).toBeNull();
      expect(await ask({ token: second })).toBe('401 Invalid token');

      await accounts.update(owner.id, { suspended: true });
      for (const token of [owner.token, third.token]) expect(await ask({ token })).toBe('401 Invalid token');
      await accounts.update(owner.id, { suspended: false });
      for (const token of [owner.token, third.token]) expect(await ask({ token })).toBe(200);

      const rotated = await accounts.rotateToken(owner.id, 0);
      expect(await ask({ token: owner.token })).toBe('401 Invalid token');
      expect(await ask({ token: rotated.token })).toBe(200);
      await call('DELETE', '/api/instance/delete/mine', { token: rotated.token });
      expect(await ask({ token: third.token })).toBe('401 Invalid token');
    });

    it.each([
      [{ token: 1 }, 400, 'Invalid request body'],
      [{ token: 'short' }, 400, 'Token must be 16 to 256 printable ASCII characters without spaces'],
      [{ graceSeconds: -1 }, 400, 'GraceSeconds must be between 0 and 86400'],
      [{ graceSeconds: 86_401 }, 400, 'GraceSeconds must be between 0 and 86400'],
      [{ token: 'the-token-of-a-sibling' }, 409, 'Token already in use in this account'],
    ])('%j is %i %s', async (body, status, message) => {
      const { call, owner, mine, instance } = await setup(open);
      await instance(owner, 'sibling', 'the-token-of-a-sibling');
      const answer = await call('POST', '/api/instance/token/mine', { token: mine.token, body });
      expect(answer).toMatchObject({ status, body: { success: false, error: { message } } });
    });
  });

  it('keeps authenticating, and shows an empty token, when the encryption key was lost', async () => {
    const { call, owner, mine, db } = await setup(open);
    await db
      .updateTable('instances')
      .set({ token_sealed: Buffer.alloc(60, 1) })
      .execute();
    const { body } = await call('GET', LIST, { token: mine.token });
    expect(body.instances[0].token).toBe('');
    expect((await call('GET', LIST, { token: owner.token })).status).toBe(200);
  });

  it('notifies watchers of the tokens that end, and when', async () => {
    const ended: [string, number][] = [];
    const gateway = await tenantGateway(await open(), {
      watcher: {
        tokenEnded: (principal, _lookup, at) => ended.push([principal, at]),
        accountSuspended: async () => {},
        accountResumed: async () => {},
        instanceChanged: () => {},
        instanceDeleted: () => {},
      },
    });
    const { records, clock, lookup } = gateway;
    const { row, id, token } = await gateway.instance(await gateway.account(), 'mine');
    const now = clock.now();
    await records.rotateToken(row, { token: undefined, graceSeconds: 10 });
    expect(ended).toEqual([[`instance:${id}`, now + 10_000]]);
    await records.rotateToken(row, { token: undefined, graceSeconds: 0 });
    expect(ended.slice(1)).toEqual([
      [`instance:${id}`, now],
      [`instance:${id}`, now],
    ]);
    expect(lookup(token)).not.toContain(token);
  });
});
