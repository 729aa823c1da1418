import { describe, expect, it } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { isMintedToken } from '../../../tenancy/tokens.ts';
import { tenantGateway } from '../../testing/instances.ts';

const NEW = '/api/instance/new';
const TEXT = 'Name must be 1 to 100 characters: A-Z, a-z, 0-9, underscore, hyphen or dot';

describe.each(databases)('POST /api/instance/new on $name', ({ open }) => {
  it('answers the instance with every key of the contract', async () => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account();
    const answer = await call('POST', NEW, {
      token,
      body: {
        name: 'my-instance',
        webhookEnabled: true,
        webhookURL: 'https://example.com/wh',
        webhookEvents: ['message.exchange'],
        unknown: 1,
      },
    });
    expect(answer.status).toBe(201);
    const { instance } = answer.body;
    expect(isMintedToken('instance', instance.token)).toBe(true);
    expect(answer.body).toEqual({
      success: true,
      message: 'Instance created',
      data: { id: instance.id, name: 'my-instance', token: instance.token, status: 'disconnected' },
      instance: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'my-instance',
        token: instance.token,
        status: 'disconnected',
        numberJid: null,
        createdAt: '2026-04-28T10:30:00Z',
        updatedAt: '2026-04-28T10:30:00Z',
        connection: {
          state: 'disconnected',
          numberJid: null,
          presenceStatus: 'unavailable',
          displayStatus: 'Disconnected',
        },
        profile: { name: '', pictureUrl: null, isBusiness: false, businessName: '' },
        webhook: {
          label: 'default',
          enabled: true,
          url: 'https://example.com/wh',
          authorization: null,
          byEvents: false,
          events: ['message.exchange'],
          mediaBase64: false,
        },
        websocket: { enabled: false, events: [], mediaBase64: false },
        chatwoot: { enabled: false },
        proxy: { enabled: false, host: null, port: null, protocol: null, username: null },
        settings: {
          autoRejectCalls: false,
          callRejectMessage: '',
          ignoreGroupMessages: false,
          keepOnlineStatus: false,
          autoReadMessages: false,
          disableHistorySync: true,
          ignoreStatus: false,
        },
        s3: {
          enabled: false,
          region: '',
          bucket: '',
          accessKey: '',
          secretKey: null,
          endpoint: '',
          pathPrefix: '',
        },
      },
    });
    const list = await call('GET', '/api/instance/list', { token });
    expect(list.body.instances).toEqual([instance]);
  });

  it('lets a failing block come back with its error instead of aborting', async () => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account();
    const { status, body } = await call('POST', NEW, {
      token,
      body: {
        name: 'a',
        webhookEnabled: true,
        webhookURL: 'http://127.0.0.1/wh',
        websocketEnabled: true,
        websocketEvents: ['nope'],
        chatwootEnabled: true,
      },
    });
    expect(status).toBe(201);
    expect(body.instance.webhook).toMatchObject({ enabled: false, error: 'Url address is not allowed' });
    expect(body.instance.websocket).toMatchObject({ enabled: false, error: 'Invalid event: nope' });
    expect(body.instance.chatwoot).toEqual({
      enabled: false,
      status: 'error',
      error: 'integration gateway not configured',
    });
  });

  it.each([
    [{}, 'Name is required'],
    [{ name: '' }, 'Name is required'],
    [{ name: null }, 'Name is required'],
    [{ name: '..' }, TEXT],
    [{ name: 'a b' }, TEXT],
    [{ name: 'ä' }, TEXT],
    [{ name: 'x'.repeat(101) }, TEXT],
    [{ name: 3 }, 'Invalid request body'],
    [[], 'Invalid request body'],
    ['{"name":', 'Invalid request body'],
    [{ name: 'a', token: 'short' }, 'Token must be 16 to 256 printable ASCII characters without spaces'],
    [
      { name: 'a', token: 'with a space in it' },
      'Token must be 16 to 256 printable ASCII characters without spaces',
    ],
    [{ name: 'a', proxyEnabled: true }, 'ProxyHost is required'],
    [{ name: 'a', proxyEnabled: true, proxyHost: 'p.example' }, 'ProxyPort is required'],
    [
      { name: 'a', proxyEnabled: true, proxyHost: 'p.example', proxyPort: '0' },
      'ProxyPort must be between 1 and 65535',
    ],
    [
      { name: 'a', proxyEnabled: true, proxyHost: '127.0.0.1', proxyPort: 1 },
      'ProxyHost address is not allowed',
    ],
    [
      { name: 'a', proxyEnabled: true, proxyHost: 'p.example', proxyPort: 1, proxyProtocol: 'ftp' },
      'ProxyProtocol must be one of: http, https, socks5',
    ],
    [{ name: 'a', callRejectMessage: 'x'.repeat(1001) }, 'CallRejectMessage must be at most 1000 characters'],
    [{ name: 'a', s3Enabled: true }, 'S3Bucket is required'],
    [{ name: 'a', s3Enabled: true, s3Bucket: 'b' }, 'S3AccessKey is required'],
    [{ name: 'a', s3Enabled: true, s3Bucket: 'b', s3AccessKey: 'k' }, 'S3SecretKey is required'],
    [
      { name: 'a', s3Enabled: true, s3Bucket: 'b', s3AccessKey: 'k', s3SecretKey: 's', s3Endpoint: 'minio' },
      'S3Endpoint must be a full http or https URL',
    ],
    [
      {
        name: 'a',
        s3Enabled: true,
        s3Bucket: 'b',
        s3AccessKey: 'k',
        s3SecretKey: 's',
        s3Endpoint: 'http://10.0.0.1',
      },
      'S3Endpoint address is not allowed',
    ],
  ])('%j answers 400 %s and creates nothing', async (body, text) => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account();
    const answer = await call('POST', NEW, { token, body });
    expect(answer.body).toEqual({ success: false, error: { message: text } });
    expect(answer.status).toBe(400);
    expect((await call('GET', '/api/instance/list', { token })).body.meta.total).toBe(0);
  });

  it('cannot be brought past the quota by parallel calls, and a deletion frees its slot', async () => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account({ name: 'acme', maxInstances: 3 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => call('POST', NEW, { token, body: { name: `i${i}` } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403, 403, 403]);
    const refused = answers.find(({ status }) => status === 403);
    expect(refused?.body.error.message).toBe('Account instance quota exceeded');
    const { body } = await call('GET', '/api/instance/list', { token });
    expect(body.meta.total).toBe(3);
    await call('DELETE', `/api/instance/delete/${body.instances[0].name}`, { token });
    expect((await call('POST', NEW, { token, body: { name: 'again' } })).status).toBe(201);
  });

  it('checks quota, then name, then token', async () => {
    const { call, account } = await tenantGateway(await open());
    const { id, token } = await account({ name: 'acme', maxInstances: 1 });
    const custom = 'custom-token-0001';
    const body = { name: 'a', token: custom };
    expect((await call('POST', NEW, { token, body })).body.data.token).toBe(custom);
    expect((await call('POST', NEW, { token, body })).body.error.message).toBe(
      'Account instance quota exceeded',
    );
    await call('PATCH', `/admin/accounts/${id}`, {
      token: 'admin-token-of-the-tests',
      body: { maxInstances: null },
    });
    const name = await call('POST', NEW, { token, body });
    expect([name.status, name.body.error.message]).toEqual([409, 'Instance name already exists']);
    for (const taken of [custom, token]) {
      const answer = await call('POST', NEW, { token, body: { name: 'b', token: taken } });
      expect([answer.status, answer.body.error.message]).toEqual([
        409,
        'Token already in use in this account',
      ]);
    }
  });

  it('creates one instance when the same name is asked for many times at once', async () => {
    const { call, account } = await tenantGateway(await open());
    const { token } = await account();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', NEW, { token, body: { name: 'same' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });
});
