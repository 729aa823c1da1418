import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { newNumber, startWhatsApp } from '../../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();
const CONNECT = '/api/instance/connect/:instance';

describe.each(databases)('linking a number, on $name', ({ open }) => {
  let gateway: LinkedGateway;
  let linked: LinkedInstance;
  let account: string;

  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    linked = await gateway.link(await whatsApp.newPhone());
    account = linked.account;
  });

  /** An instance that was never linked. */
  async function fresh(name: string) {
    await gateway.call('POST', '/api/instance/new', account, { name });
    return (method: string, path: string) => gateway.call(method, path.replace(':instance', name), account);
  }

  const refused = (text: string) => ({ success: false, error: { message: text } });

  describe('GET /api/instance/connect/:instance', () => {
    test('answers a QR as text and picture, the same one while its attempt runs', async () => {
      const call = await fresh('by-qr');
      const { status, body } = await call('GET', CONNECT);
      expect([status, body]).toEqual([
        200,
        {
          success: true,
          message: 'QR code generated',
          qrCode: expect.stringMatching(/^[^,]+(,[^,]+){3,}$/),
          qrCodeBase64: expect.stringMatching(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/),
          status: 'qr',
        },
      ]);
      expect((await call('GET', CONNECT)).body).toEqual(body);
    });

    test('answers a pairing code for a number, a new one each time', async () => {
      const call = await fresh('by-code');
      const { number } = await whatsApp.newPhone();
      const path = `${CONNECT}?number=%2B${number}`;
      const [first, second] = [await call('GET', path), await call('GET', path)];
      expect(first.body).toEqual({
        success: true,
        message: 'Pairing code generated',
        pairingCode: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
        status: 'pairing',
      });
      expect(second.body.pairingCode).not.toBe(first.body.pairingCode);
    });

    test('shows no pairing code that WhatsApp has refused, and says why', async () => {
      const call = await fresh('refused-code');
      const { status, body } = await call('GET', `${CONNECT}?number=${newNumber()}`);
      const text = 'Failed to connect: WhatsApp refused the pairing code (404, item-not-found)';
      expect([status, body]).toEqual([500, refused(text)]);
    });

    test('changes nothing where the instance is connected', async () => {
      const answer = await linked.call('GET', `${CONNECT}?number=5511900000000&history=7`);
      const body = { success: true, message: 'Instance already connected', status: 'connected' };
      expect(answer).toMatchObject({ status: 200, body });
    });

    test.each([
      ['number=123', 'Number must have 8 to 15 digits'],
      ['number=1234567890123456', 'Number must have 8 to 15 digits'],
      ['number=abcdefgh', 'Number must have 8 to 15 digits'],
      ['history=0', 'History must be a whole number of days between 1 and 365'],
      ['history=366', 'History must be a whole number of days between 1 and 365'],
      ['history=a', 'History must be a whole number of days between 1 and 365'],
      ['history=1.5', 'History must be a whole number of days between 1 and 365'],
    ])('?%s is 400 %s', async (query, text) => {
      expect(await linked.call('GET', `${CONNECT}?${query}`)).toMatchObject({
        status: 400,
        body: refused(text),
      });
    });

    test('says why a proxy cannot be used', async () => {
      const call = await fresh('behind-a-proxy');
      const proxy = { enabled: true, host: '127.0.0.1', port: '9' };
      await gateway.call('POST', '/api/instance/proxy/behind-a-proxy', account, proxy);
      const { status, body } = await call('GET', CONNECT);
      expect([status, body.error.message]).toEqual([500, expect.stringMatching(/^Failed to connect: ./)]);
    });
  });

  describe('POST /api/instance/settings/:instance', () => {
    test('keepOnlineStatus is applied at once, and whenever the session opens', async () => {
      const connection = async () =>
        (await linked.call('GET', '/api/instance/list')).body.instances[0].connection;
      const keep = (keepOnlineStatus: boolean) =>
        linked.call('POST', '/api/instance/settings/:instance', { keepOnlineStatus });
      await keep(true);
      expect(await connection()).toMatchObject({ state: 'connected', presenceStatus: 'available' });
      await linked.call('POST', '/api/instance/reconnect/:instance');
      await expect.poll(connection).toMatchObject({ state: 'connected', presenceStatus: 'available' });
      await keep(false);
      expect(await connection()).toMatchObject({ presenceStatus: 'unavailable' });
    });
  });

  describe('POST /api/instance/reconnect/:instance, DELETE /api/instance/logout/:instance', () => {
    test('a reconnect needs a saved session', async () => {
      const call = await fresh('never-linked');
      const text = 'Instance has no saved session — call /connect first';
      const answer = await call('POST', '/api/instance/reconnect/:instance');
      expect(answer).toMatchObject({ status: 400, body: refused(text) });
    });

    test('a reconnect opens the session again, a logout ends it for good and can be repeated', async () => {
      const gone = await gateway.link(await whatsApp.newPhone(), {}, account);
      const reconnected = await gone.call('POST', '/api/instance/reconnect/:instance');
      expect(reconnected).toMatchObject({
        status: 200,
        body: { success: true, message: 'Reconnect initiated', status: 'connecting' },
      });
      const connected = (event: { event: string; data: { state?: string } }) =>
        event.event === 'instance.state' && event.data.state === 'connected';
      await gone.events.expect('the second connection', connected, 2);
      for (let i = 0; i < 2; i++) {
        expect(await gone.call('DELETE', '/api/instance/logout/:instance')).toMatchObject({
          status: 200,
          body: { success: true, message: 'Instance logged out', instance: { status: 'loggedout' } },
        });
      }
      expect(await gone.phone.devices()).toEqual([]);
      expect((await gone.call('POST', '/api/instance/reconnect/:instance')).status).toBe(400);
      expect((await gone.call('GET', CONNECT)).body.status).toBe('qr');
    });
  });
});
