import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOOPBACK } from '../../net/testing/network.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { DOCUMENTED_EVENTS } from '../catalog.ts';
import { addInstance, emitOne, silentLog, testOutbox, testSeal } from '../testing/events.ts';
import { configureWebhook } from './webhook-config.ts';
import type { WebhookInput } from './webhook-rules.ts';
import { webhookBlock, webhookView } from './webhook-view.ts';

describe.each(databases)('webhook configuration on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup() {
    const { db } = storage;
    const clock = new TestClock();
    const deps = { seal: testSeal(), clock, allowed: [], log: silentLog };
    const instance = await addInstance(db, deps.seal);
    const set = async (input: Partial<WebhookInput>) =>
      webhookView(deps, await configureWebhook(db, deps, instance.id, { enabled: true, ...input }));
    return { db, clock, deps, instance, set };
  }

  test('a new webhook has the defaults and a secret that signs', async () => {
    const { set } = await setup();
    const webhook = await set({ url: 'https://hook.example/' });
    expect(webhook).toEqual({
      label: 'default',
      enabled: true,
      url: 'https://hook.example/',
      authorization: null,
      byEvents: false,
      events: [...DOCUMENTED_EVENTS],
      mediaBase64: false,
      includeToken: true,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32}$/),
      previousSecretExpiresAt: null,
      disabledReason: null,
    });
    expect(Object.keys(webhook).slice(0, 7)).toEqual([
      'label',
      'enabled',
      'url',
      'authorization',
      'byEvents',
      'events',
      'mediaBase64',
    ]);
    expect(() => new Webhook(webhook.secret)).not.toThrow();
  });

  test('fields left out keep their value, events left out mean all six again', async () => {
    const { set } = await setup();
    const first = await set({
      url: 'https://hook.example/',
      authorization: 'Bearer abc',
      byEvents: true,
      mediaBase64: true,
      includeToken: false,
      events: ['call.update', 'message.update', 'call.update'],
    });
    expect(first.events).toEqual(['call.update', 'message.update']);
    const second = await set({ label: '' });
    expect(second).toEqual({ ...first, events: [...DOCUMENTED_EVENTS] });
    expect((await set({ authorization: null })).authorization).toBeNull();
    expect((await set({ authorization: '' })).authorization).toBeNull();
  });

  test('disabling clears what the contract says and keeps the rest', async () => {
    const { set } = await setup();
    const { secret } = await set({
      url: 'https://hook.example/',
      authorization: 'x',
      byEvents: true,
      mediaBase64: true,
    });
    expect(await set({ enabled: false, url: 'nonsense', rotateSecret: true })).toEqual({
      label: 'default',
      enabled: false,
      url: '',
      authorization: null,
      byEvents: true,
      events: [],
      mediaBase64: false,
      includeToken: true,
      secret,
      previousSecretExpiresAt: null,
      disabledReason: null,
    });
    await expect(set({})).rejects.toMatchObject({ code: 'field_required', details: { field: 'Url' } });
  });

  test('disabling dead-letters what was still to be delivered', async () => {
    const { db, deps, instance, set } = await setup();
    await set({ url: 'https://hook.example/' });
    const { outbox } = testOutbox(db, deps.seal);
    await emitOne(outbox, instance.id);
    await set({ enabled: false });
    const delivery = await db
      .selectFrom('deliveries')
      .selectAll()
      .where('instance_id', '=', instance.id)
      .executeTakeFirstOrThrow();
    expect(delivery).toMatchObject({ status: 'dead', error: 'webhook_disabled', next_attempt_at: null });
  });

  test('at most three are enabled, and disabled ones do not count', async () => {
    const { set } = await setup();
    for (const n of [1, 2, 3]) await set({ label: `l${n}`, url: `https://hook.example/${n}` });
    const fourth = { label: 'l4', url: 'https://hook.example/4' };
    await expect(set(fourth)).rejects.toMatchObject({ code: 'webhook_limit' });
    await expect(set({ ...fourth, url: 'https://HOOK.example:443/3#fragment' })).rejects.toMatchObject({
      code: 'webhook_url_taken',
      details: { label: 'l3' },
    });
    await set({ label: 'l3', enabled: false });
    expect((await set(fourth)).enabled).toBe(true);
    expect((await set({ label: 'l1', url: 'https://hook.example/1' })).enabled).toBe(true);
  });

  test('calls at the same time cannot pass the limit together', async () => {
    const { set } = await setup();
    const calls = [1, 2, 3, 4, 5, 6].map((n) => set({ label: `l${n}`, url: `https://hook.example/${n}` }));
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  test('at most twenty labels', async () => {
    const { set } = await setup();
    for (let n = 0; n < 20; n++) await set({ label: `l${n}`, enabled: false });
    await expect(set({ label: 'one more', enabled: false })).rejects.toMatchObject({
      code: 'webhook_label_limit',
    });
    await set({ label: 'l0', enabled: false });
  });

  test('rotation keeps the old secret for a day', async () => {
    const { clock, set } = await setup();
    const before = await set({ url: 'https://hook.example/', rotateSecret: true });
    expect(before.previousSecretExpiresAt).toBeNull();
    const after = await set({ rotateSecret: true });
    expect(after.secret).not.toBe(before.secret);
    expect(after.previousSecretExpiresAt).toBe('2026-04-29T10:30:00Z');
    clock.advance(24 * 3_600_000);
    expect((await set({})).previousSecretExpiresAt).toBeNull();
  });

  test('what was sealed with a lost key is shown as it is stored', async () => {
    const { db, deps, instance } = await setup();
    const input = { enabled: true, url: 'https://hook.example/', authorization: 'Bearer abc' };
    const row = await configureWebhook(db, deps, instance.id, input);
    const block = webhookBlock({ ...deps, seal: testSeal() }, row);
    expect(block.authorization).toBe(Buffer.from(row.authorization_sealed!).toString('base64'));
    expect(block.url).toBe('https://hook.example/');
  });

  test.each([
    [{ label: ' ' }, 'Label must be between 1 and 64 characters'],
    [{ label: 'x'.repeat(65) }, 'Label must be between 1 and 64 characters'],
    [{ label: 'a\nb' }, 'Label must be between 1 and 64 characters'],
    [{ url: 'hook.example' }, 'Invalid webhook URL'],
    [{ url: 'ftp://hook.example/' }, 'Invalid webhook URL'],
    [{ url: 'https://user@hook.example/' }, 'Invalid webhook URL'],
    [{ url: `https://hook.example/${'x'.repeat(2_048)}` }, 'Invalid webhook URL'],
    [{ authorization: 'a\r\nb' }, 'Authorization must be a valid header value'],
    [{ authorization: 'x'.repeat(4_097) }, 'Authorization must be a valid header value'],
    [{ events: ['call.update', 'nope', 'no'] }, 'Invalid event: nope'],
  ])('%j is refused with its own text', async (input, text) => {
    const { set } = await setup();
    await expect(set({ url: 'https://hook.example/', ...input })).rejects.toMatchObject({
      details: { text },
    });
  });

  test('an address that is not public is refused unless the operator allows it', async () => {
    const { db, deps, instance, set } = await setup();
    const url = 'http://127.0.0.1:3000/';
    await expect(set({ url })).rejects.toMatchObject({
      code: 'address_forbidden',
      details: { field: 'Url' },
    });
    const input = { enabled: true, url };
    const row = await configureWebhook(db, { ...deps, allowed: LOOPBACK }, instance.id, input);
    expect(row.url).toBe(url);
  });

  test('it takes part in the transaction of its caller', async () => {
    const { db, deps, instance } = await setup();
    const failing = db.transaction().execute(async (trx) => {
      await configureWebhook(trx, deps, instance.id, { enabled: true, url: 'https://hook.example/' });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    const kept = db.selectFrom('webhooks').selectAll().where('instance_id', '=', instance.id);
    expect(await kept.execute()).toEqual([]);
  });
});
