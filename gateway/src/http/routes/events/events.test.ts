import { beforeAll, describe, expect, test } from 'vitest';
import { Channels } from '../../../events/channels.ts';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { testGateway } from '../../testing/gateway.ts';
import { eventRoutes } from './index.ts';

const EVENTS = [
  'message.exchange',
  'message.status',
  'call.update',
  'group.flow',
  'instance.state',
  'label.update',
];

describe.each(databases)(
  'GET, POST /api/events/webhook/:instance, GET /api/events/getWebhook/:instance, POST /api/events/websocket/:instance, GET /api/events/getWebsocket/:instance on $name',
  ({ open }) => {
    let storage: TestStorage;
    beforeAll(async () => {
      storage = await open();
    });

    async function setup() {
      const gateway = await testGateway({
        storage,
        routes: (services) =>
          eventRoutes({
            ...services,
            storage,
            allowed: [],
            channels: new Channels(services),
            courier: { wake: () => {} },
            baseUrl: () => 'https://gateway.example',
            eventLogDays: 7,
          }),
      });
      const account = await gateway.account();
      const instance = await gateway.instance(account, 'sales');
      const { token } = instance;
      const post = (path: string, body: unknown) =>
        gateway.call('POST', `/api/events/${path}`, { token, body });
      const get = (path: string) => gateway.call('GET', `/api/events/${path}`, { token });
      return { gateway, account, instance, post, get };
    }

    test('a webhook is configured and read back under both paths', async () => {
      const { post, get } = await setup();
      const sent = { label: 'b', enabled: true, url: 'https://hook.example/wh', events: ['call.update'] };
      const created = await post('webhook/sales', sent);
      const webhook = {
        label: 'b',
        enabled: true,
        url: 'https://hook.example/wh',
        authorization: null,
        byEvents: false,
        events: ['call.update'],
        mediaBase64: false,
        includeToken: true,
        secret: expect.stringMatching(/^whsec_/),
        previousSecretExpiresAt: null,
        disabledReason: null,
      };
      expect([created.status, created.body]).toEqual([
        200,
        { success: true, message: 'Webhook configuration updated', webhook },
      ]);
      await post('webhook/sales', { label: 'B', enabled: false });
      const list = await get('getWebhook/sales');
      expect(list.body).toMatchObject({ success: true, message: 'Webhook configurations retrieved' });
      expect(list.body.webhooks.map((row: { label: string }) => row.label)).toEqual(['B', 'b']);
      expect((await get('webhook/sales')).body).toEqual(list.body);
      expect((await get('getWebhook/sales?label=b')).body).toEqual({
        success: true,
        message: 'Webhook configuration retrieved',
        webhook: created.body.webhook,
      });
    });

    test('an empty label in the query is the default one', async () => {
      const { post, get } = await setup();
      expect((await get('getWebhook/sales')).body.webhooks).toEqual([]);
      const missing = await get('getWebhook/sales?label=');
      expect([missing.status, missing.body.error.message]).toEqual([
        404,
        'Webhook not configured for label default',
      ]);
      await post('webhook/sales', { enabled: false });
      expect((await get('getWebhook/sales?label=')).body.webhook.label).toBe('default');
    });

    test('the WebSocket configuration is written and read back', async () => {
      const { post, get } = await setup();
      const missing = await get('getWebsocket/sales');
      expect([missing.status, missing.body.error.message]).toEqual([
        404,
        'WebSocket not configured for this instance',
      ]);
      const websocket = { enabled: true, events: EVENTS, mediaBase64: false };
      expect((await post('websocket/sales', { enabled: true, events: null })).body).toEqual({
        success: true,
        message: 'WebSocket configuration updated',
        websocket,
      });
      expect((await get('getWebsocket/sales')).body).toEqual({
        success: true,
        message: 'WebSocket configuration retrieved',
        websocket,
      });
      expect((await get('websocket/sales')).status).toBe(405);
    });

    test.each([
      ['webhook', '{', 400, 'Invalid request body'],
      ['webhook', { enabled: 'yes' }, 400, 'Invalid request body'],
      ['webhook', { enabled: true, url: 5 }, 400, 'Invalid request body'],
      ['webhook', { url: 'https://hook.example/' }, 400, 'Enabled is required'],
      ['webhook', { enabled: null }, 400, 'Enabled is required'],
      ['webhook', { enabled: true }, 400, 'Url is required'],
      ['webhook', { enabled: true, url: 'hook.example' }, 400, 'Invalid webhook URL'],
      ['webhook', { enabled: true, url: 'http://127.1/' }, 400, 'Url address is not allowed'],
      ['webhook', { enabled: true, url: 'http://localhost/' }, 400, 'Url address is not allowed'],
      ['webhook', { enabled: true, label: 'x'.repeat(65) }, 400, 'Label must be between 1 and 64 characters'],
      ['webhook', { enabled: true, url: 'https://a.example', events: ['x'] }, 400, 'Invalid event: x'],
      ['websocket', { enabled: true, events: ['x'.repeat(99)] }, 400, `Invalid event: ${'x'.repeat(64)}`],
      ['websocket', { events: [] }, 400, 'Enabled is required'],
      ['websocket', { enabled: true, events: 'all' }, 400, 'Invalid request body'],
      ['websocket', { enabled: true, events: ['x'] }, 400, 'Invalid event: x'],
    ])('%s %j answers %i %s', async (path, body, status, message) => {
      const { post } = await setup();
      const answer = await post(`${path}/sales`, body);
      expect([answer.status, answer.body]).toEqual([status, { success: false, error: { message } }]);
    });

    test('limits and collisions answer 409', async () => {
      const { post } = await setup();
      const enable = (label: string, url: string) => post('webhook/sales', { enabled: true, label, url });
      for (const n of [1, 2, 3]) await enable(`l${n}`, `https://hook.example/${n}`);
      const taken = await enable('l4', 'https://hook.example:443/2');
      expect([taken.status, taken.body.error.message]).toEqual([
        409,
        'Webhook URL already in use by label l2',
      ]);
      const fourth = await enable('l4', 'https://hook.example/4');
      expect([fourth.status, fourth.body.error.message]).toEqual([
        409,
        'Webhook limit reached: at most 3 enabled webhooks per instance',
      ]);
    });

    test('another tenant’s token sees nothing', async () => {
      const { gateway } = await setup();
      const stranger = await gateway.account();
      const foreign = await gateway.call('GET', '/api/events/getWebhook/sales', { token: stranger.token });
      expect([foreign.status, foreign.body.error.message]).toEqual([
        403,
        'Instance does not belong to your account',
      ]);
    });
  },
);
