import { expect, it } from 'vitest';
import { databases } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { ADMIN_TOKEN } from './testing/gateway.ts';
import { tenantGateway } from './testing/instances.ts';

it.each(databases)(
  'no secret of a request reaches the log or the database in clear on $name',
  async ({ open }) => {
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => lines.push(line) });
    const storage = await open();
    const { call, account, supervisor } = await tenantGateway(storage, { log });
    const owner = await account();
    const custom = 'custom-instance-token';
    const body = {
      name: 'mine',
      token: custom,
      proxyEnabled: true,
      proxyHost: 'proxy.example',
      proxyPort: '1080',
      proxyPassword: 'the-proxy-password',
      webhookEnabled: true,
      webhookURL: 'http://127.0.0.1/refused',
      webhookAuthorization: 'Bearer the-webhook-secret',
      s3Enabled: true,
      s3Bucket: 'b',
      s3AccessKey: 'k',
      s3SecretKey: 'the-s3-secret',
    };
    expect((await call('POST', '/api/instance/new', { token: owner.token, body })).status).toBe(201);
    const secrets = [
      owner.token,
      custom,
      ADMIN_TOKEN,
      'the-proxy-password',
      'the-webhook-secret',
      'the-s3-secret',
    ];

    await call('GET', `/api/instance/list?token=${custom}`, { token: custom });
    await call('GET', `/ws/mine?token=${custom}`);
    await call('GET', '/admin/accounts', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    await call('POST', '/api/instance/proxy/mine', {
      token: custom,
      body: { enabled: true, password: 'the-proxy-password' },
    });
    await call('POST', '/api/instance/s3/mine', { token: custom, body: '{"secretKey":"the-s3-secret"' });
    supervisor.broken = new Error('stuck');
    await call('DELETE', '/api/instance/delete/mine', { token: owner.token });
    supervisor.broken = null;

    const logged = lines.join('');
    expect(lines.length).toBeGreaterThan(6);
    for (const secret of secrets) expect(logged).not.toContain(secret);

    const { db } = storage;
    const rows = [
      await db.selectFrom('accounts').selectAll().execute(),
      await db.selectFrom('instances').selectAll().execute(),
      await db.selectFrom('webhooks').selectAll().execute(),
    ];
    const stored = JSON.stringify(rows, (_, value) =>
      value?.type === 'Buffer' || value instanceof Uint8Array
        ? Buffer.from(value.data ?? value).toString('latin1')
        : value,
    );
    for (const secret of secrets) expect(stored).not.toContain(secret);
  },
);
