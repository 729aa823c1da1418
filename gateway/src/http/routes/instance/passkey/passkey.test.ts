import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../../storage/testing/databases.ts';
import { type LinkedGateway, linkedGateway } from '../../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();
const PASSKEY = '/api/instance/passkey/:instance';

describe.each(databases)('an instance without a passkey ceremony, on $name', ({ open }) => {
  let gateway: LinkedGateway;
  let account: string;
  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    account = await gateway.account();
    await gateway.call('POST', '/api/instance/new', account, { name: 'sales' });
  });
  const call = (method: string, path: string, body?: unknown) =>
    gateway.call(method, path.replace(':instance', 'sales'), account, body);
  const refused = (text: string) => ({ success: false, error: { message: text } });

  describe('GET /api/instance/passkey/:instance', () => {
    test('has the state none, and null for all that does not apply', async () => {
      const { status, body } = await call('GET', PASSKEY);
      expect([status, body]).toEqual([
        200,
        {
          success: true,
          message: 'Passkey state retrieved',
          passkey: {
            status: 'none',
            id: null,
            publicKey: null,
            expiresAt: null,
            code: null,
            skipConfirmation: null,
            helper: { url: null, snippet: null },
          },
        },
      ]);
    });
  });

  describe('POST /api/instance/passkey/:instance/response', () => {
    test('is 409 No passkey ceremony is waiting', async () => {
      const { status, body } = await call('POST', `${PASSKEY}/response`, { id: 'any', credential: {} });
      expect([status, body]).toEqual([409, refused('No passkey ceremony is waiting')]);
    });

    test.each([
      [{}, 'Id is required'],
      [{ id: 1 }, 'Invalid request body'],
      [{ id: '', credential: {} }, 'Id is required'],
      [{ id: 'x'.repeat(129), credential: {} }, 'Id must have at most 128 characters'],
    ])('is 400 for %j', async (body, text) => {
      const answer = await call('POST', `${PASSKEY}/response`, body);
      expect(answer).toMatchObject({ status: 400, body: refused(text) });
    });

    test('is 413 for more than any browser answers', async () => {
      const credential = 'x'.repeat(70_000);
      expect((await call('POST', `${PASSKEY}/response`, { id: 'any', credential })).status).toBe(413);
    });
  });

  describe('POST /api/instance/passkey/:instance/confirm', () => {
    test('is 409 No passkey ceremony is waiting', async () => {
      const { status, body } = await call('POST', `${PASSKEY}/confirm`, { id: 'any' });
      expect([status, body]).toEqual([409, refused('No passkey ceremony is waiting')]);
    });
  });

  describe('DELETE /api/instance/passkey/:instance', () => {
    test('is 409 No passkey ceremony is waiting', async () => {
      const { status, body } = await call('DELETE', PASSKEY);
      expect([status, body]).toEqual([409, refused('No passkey ceremony is waiting')]);
    });
  });
});
