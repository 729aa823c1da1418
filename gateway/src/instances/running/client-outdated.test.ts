import { expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

test.each(databases)(
  'an instance whose client version is refused says so, and goes on with a newer one, on $name',
  async ({ open }) => {
    const storage = await open();
    const first = await linkedGateway(storage, whatsApp);
    const sales = await first.link(await whatsApp.newPhone('Sales'));
    await first.stop();

    await sales.phone.fault('reject-login', { reason: 405, count: 1 });
    const refused = await linkedGateway(storage, whatsApp);
    const health = async (gateway: typeof refused) => (await fetch(`${gateway.baseUrl}/health`)).json();
    await expect
      .poll(() => health(refused))
      .toMatchObject({
        status: 'degraded',
        checks: { clientVersion: 'fail: WhatsApp refuses this client version' },
      });
    const reported = async () => {
      const rows = await storage.db.selectFrom('events').select('data').orderBy('id').execute();
      return rows.map(({ data }) => JSON.parse(data)).filter(({ state }) => state === 'client_outdated');
    };
    await expect.poll(reported).toMatchObject([{ code: 405, reason: null, expiresAt: null }]);
    await refused.stop();

    const newer = await linkedGateway(storage, whatsApp, { WHATSAPP_VERSION: '2.3000.1099999999' });
    const connected = async () => {
      const { body } = await newer.call('GET', '/api/instance/list', sales.token);
      return body.instances[0].connection.state;
    };
    await expect.poll(connected).toBe('connected');
    expect(await health(newer)).toMatchObject({ status: 'ok', checks: { db: 'ok' } });
  },
);
