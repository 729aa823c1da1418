import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../events/testing/events.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { ClientVersion } from '../../../whatsapp/client-version.ts';
import type { Readiness } from '../../readiness.ts';
import { testGateway } from '../../testing/gateway.ts';
import { uptimeText } from '../../uptime.ts';
import { healthRoutes } from './index.ts';

describe('uptime', () => {
  it.each([
    [0, '0s'],
    [56_200, '56.2s'],
    [34 * 60_000 + 5_000, '34m5s'],
    [3_605_000, '1h0m5s'],
    [3_723_456, '1h2m3.456s'],
    [45_296_000, '12h34m56s'],
    [100 * 3_600_000, '100h0m0s'],
  ])('%i ms is %s', (ms, text) => {
    expect(uptimeText(ms)).toBe(text);
  });
});

async function setup(open: (typeof databases)[number]['open']) {
  const storage = await open();
  let reason: ReturnType<Readiness['reason']> = null;
  const clientVersion = new ClientVersion(null, silentLog);
  const gateway = await testGateway({
    storage,
    routes: ({ db, clock }) =>
      healthRoutes({
        db,
        clock,
        startedAt: clock.now() - 5_000,
        readiness: { reason: () => reason },
        clientVersion,
      }),
  });
  const becomes = (next: typeof reason) => {
    reason = next;
  };
  return { ...gateway, storage, becomes, clientVersion };
}

describe.each(databases)('GET /health, GET /live, GET /ready on $name', ({ open }) => {
  it('answer without token, limit and CORS', async () => {
    const { call } = await setup(open);
    const health = await call('GET', '/health', {
      token: 'whatever',
      headers: { origin: 'https://x.example' },
    });
    expect(health.body).toEqual({
      status: 'ok',
      service: 'RyzeAPI',
      uptime: '5s',
      timestamp: '2026-04-28T10:30:00Z',
      checks: { db: 'ok' },
    });
    expect((await call('GET', '/live')).body).toEqual({ status: 'ok' });
    expect((await call('GET', '/ready')).body).toEqual({ status: 'ready' });
    for (const path of ['/health', '/live', '/ready', '/health/x']) {
      const { headers } = await call('GET', path.replace('/x', ''), {
        headers: { origin: 'https://x.example' },
      });
      expect(Object.keys(headers).filter((name) => /ratelimit|access-control/.test(name))).toEqual([]);
      expect(headers['x-request-id']).toBeTruthy();
    }
  });

  it('give the reason why the gateway takes no traffic', async () => {
    const { call, becomes } = await setup(open);
    for (const reason of ['starting', 'migrating', 'draining'] as const) {
      becomes(reason);
      const { status, body } = await call('GET', '/ready');
      expect([status, body]).toEqual([503, { status: 'not ready', reason }]);
    }
  });

  it('say what WhatsApp says of the client version', async () => {
    const { call, clientVersion } = await setup(open);
    clientVersion.announced(Date.parse('2026-12-24T00:00:00Z'));
    const warned = await call('GET', '/health');
    expect([warned.status, warned.body.status, warned.body.checks]).toEqual([
      200,
      'ok',
      { db: 'ok', clientVersion: 'ok until 2026-12-24T00:00:00Z' },
    ]);
    clientVersion.refused();
    const refused = await call('GET', '/health');
    expect([refused.status, refused.body.status, refused.body.checks]).toEqual([
      503,
      'degraded',
      { db: 'ok', clientVersion: 'fail: WhatsApp refuses this client version' },
    ]);
    clientVersion.announced(null);
    clientVersion.accepted();
    expect((await call('GET', '/health')).body.checks).toEqual({ db: 'ok' });
  });

  it('notice a lost database', async () => {
    const { call, storage } = await setup(open);
    await storage.db.destroy();
    const health = await call('GET', '/health');
    expect([health.status, health.body.status]).toEqual([503, 'degraded']);
    expect(health.body.checks.db).toMatch(/^fail: [a-z ]+$/);
    const ready = await call('GET', '/ready');
    expect([ready.status, ready.body]).toEqual([503, { status: 'not ready', reason: 'database' }]);
    expect((await call('GET', '/live')).status).toBe(200);
  });
});
