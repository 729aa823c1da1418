import { describe, expect, it } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { isMintedToken } from '../../../tenancy/tokens.ts';
import { ADMIN_TOKEN } from '../../testing/gateway.ts';
import { tenantGateway } from '../../testing/instances.ts';

const ALL = '/admin/accounts';

async function setup(open: (typeof databases)[number]['open'], options = {}) {
  const gateway = await tenantGateway(await open(), options);
  const request = async (method: string, url: string, body?: unknown, token: string = ADMIN_TOKEN) => {
    const answer = await gateway.call(method, url, { token, body });
    return answer.status === 200 ? answer.body : `${answer.status} ${answer.body.error.message}`;
  };
  return { ...gateway, request };
}

describe.each(databases)(
  'GET, POST /admin/accounts, GET, PATCH, DELETE /admin/accounts/:account, POST /admin/accounts/:account/token on $name',
  ({ open }) => {
    it('creates, reads, changes and deletes accounts', async () => {
      const { request, clock } = await setup(open);
      const created = await request('POST', ALL, { name: 'Acme' });
      const { token, ...account } = created.account;
      expect(isMintedToken('account', token)).toBe(true);
      expect(created).toEqual({
        success: true,
        message: 'Account created',
        account: {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          name: 'Acme',
          maxInstances: 10,
          instanceCount: 0,
          rateLimitPerMinute: 100,
          allowedOrigins: [],
          suspended: false,
          createdAt: '2026-04-28T10:30:00Z',
          updatedAt: '2026-04-28T10:30:00Z',
          token,
        },
      });
      const one = `${ALL}/${account.id}`;
      expect(await request('GET', one)).toEqual({ success: true, message: 'Account retrieved', account });
      clock.advance(1000);
      const second = (await request('POST', ALL, { name: 'B', maxInstances: null })).account;
      expect(second.maxInstances).toBeNull();
      const list = await request('GET', ALL);
      expect(list).toMatchObject({ success: true, message: 'Accounts retrieved', meta: { total: 2 } });
      expect(list.accounts.map(({ name }: { name: string }) => name)).toEqual(['Acme', 'B']);
      expect(JSON.stringify(list)).not.toContain('rza_');
      const changes = { maxInstances: null, allowedOrigins: ['https://app.example.com'], name: null };
      expect(await request('PATCH', one, changes)).toEqual({
        success: true,
        message: 'Account updated',
        account: {
          ...account,
          maxInstances: null,
          allowedOrigins: ['https://app.example.com'],
          updatedAt: '2026-04-28T10:30:01Z',
        },
      });
      const rotated = await request('POST', `${one}/token`, { graceSeconds: 60 });
      expect(rotated).toMatchObject({
        message: 'Account token rotated',
        account: { id: account.id, previousTokenExpiresAt: '2026-04-28T10:31:01Z' },
      });
      expect((await request('POST', `${one}/token`)).account.previousTokenExpiresAt).toBeNull();
      const deleted = { success: true, message: 'Account deleted', account: { status: 'deleted' } };
      expect(await request('DELETE', one)).toEqual(deleted);
      expect(await request('GET', one)).toBe('404 Account not found');
    });

    it('deletes an account with instances only when forced, each as its own deletion', async () => {
      const { request, account, instance, supervisor, db } = await setup(open);
      const owner = await account();
      await instance(owner, 'a');
      await instance(owner, 'b');
      expect((await request('GET', `${ALL}/${owner.id}`)).account.instanceCount).toBe(2);
      expect(await request('DELETE', `${ALL}/${owner.id}`)).toBe('409 Account still has instances');
      expect((await request('DELETE', `${ALL}/${owner.id}?force=true`)).success).toBe(true);
      expect(supervisor.calls.toSorted()).toEqual(['remove a', 'remove b']);
      expect(await db.selectFrom('instances').selectAll().execute()).toEqual([]);
    });

    it.each([
      ['POST', {}, '400 Name is required'],
      ['POST', { name: '' }, '400 Name is required'],
      ['POST', { name: 'x'.repeat(101) }, '400 Name must be 1 to 100 characters'],
      ['POST', { name: 5 }, '400 Invalid request body'],
      ['POST', { name: 'a', maxInstances: -1 }, '400 MaxInstances must be between 0 and 100000'],
      ['POST', { name: 'a', maxInstances: '5' }, '400 Invalid request body'],
      ['POST', { name: 'a', rateLimitPerMinute: 0 }, '400 RateLimitPerMinute must be between 1 and 100000'],
      [
        'POST',
        { name: 'a', allowedOrigins: ['x'] },
        '400 AllowedOrigins must be a list of at most 50 origins',
      ],
      [
        'POST',
        { name: 'a', allowedOrigins: Array(51).fill('https://a.example') },
        '400 AllowedOrigins must be a list of at most 50 origins',
      ],
      ['POST', { name: 'taken' }, '409 Account name already exists'],
      ['PATCH', {}, '400 At least one field must be provided'],
      ['PATCH', { name: 'taken' }, '409 Account name already exists'],
      ['PATCH', { suspended: 'yes' }, '400 Invalid request body'],
      ['TOKEN', { graceSeconds: 86_401 }, '400 GraceSeconds must be between 0 and 86400'],
      ['TOKEN', { graceSeconds: -1 }, '400 GraceSeconds must be between 0 and 86400'],
    ])('%s %j answers %s', async (method, body, text) => {
      const { request, account } = await setup(open);
      await account({ name: 'taken' });
      const { id } = await account({ name: 'other' });
      const answers = {
        POST: () => request('POST', ALL, body),
        PATCH: () => request('PATCH', `${ALL}/${id}`, body),
        TOKEN: () => request('POST', `${ALL}/${id}/token`, body),
      };
      expect(await answers[method as keyof typeof answers]()).toBe(text);
    });

    it('opens with the admin token only, in either header, and not elsewhere', async () => {
      const { request, call, account, instance } = await setup(open);
      const owner = await account();
      const mine = await instance(owner, 'mine');
      const bearer = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
      expect((await call('GET', ALL, bearer)).status).toBe(200);
      expect(await request('GET', ALL, undefined, '')).toBe('401 Missing token');
      for (const token of [owner.token, mine.token, `${ADMIN_TOKEN}x`]) {
        expect(await request('GET', ALL, undefined, token)).toBe('401 Invalid token');
      }
      expect(await request('GET', '/api/instance/list')).toBe('401 Invalid token');
      const both = { token: ADMIN_TOKEN, headers: { authorization: 'Bearer other' } };
      expect((await call('GET', ALL, both)).body.error.message).toBe('Conflicting tokens in request');
    });

    it('does not exist without an admin token', async () => {
      const { request } = await setup(open, { server: { adminToken: null } });
      for (const [method, url] of [
        ['GET', ALL],
        ['PUT', ALL],
        ['DELETE', `${ALL}/x`],
        ['GET', '/admin/other'],
      ] as const) {
        expect(await request(method, url)).toBe('404 Route not found');
      }
    });

    it('notifies the running gateway of suspension and resumption, once', async () => {
      const notified: string[] = [];
      const watcher = {
        tokenEnded: () => {},
        accountSuspended: async (id: string) => void notified.push(`suspended ${id}`),
        accountResumed: async (id: string) => void notified.push(`resumed ${id}`),
        instanceChanged: () => {},
        instanceDeleted: () => {},
      };
      const { request, account } = await setup(open, { watcher });
      const { id } = await account();
      for (const suspended of [true, true, false, false])
        await request('PATCH', `${ALL}/${id}`, { suspended });
      expect(notified).toEqual([`suspended ${id}`, `resumed ${id}`]);
    });
  },
);
