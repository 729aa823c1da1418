import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOOPBACK } from '../../net/testing/network.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { testSeal } from '../testing/events.ts';
import { courierBench, status } from './testing/courier-bench.ts';
import { configureWebhook } from './webhook-config.ts';

describe.each(databases)('courier on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  test('a delivery is the stored bytes, signed, with the documented headers', async () => {
    const { seal, clock, startCourier, hook, emit, rows, settled } = await courierBench(storage);
    clock.time = Date.now(); // the receiver's library compares with the real time
    const { receiver, webhook } = await hook({ by_events: 1 });
    startCourier();
    await emit(1);
    const [request] = await receiver.received(1);
    await settled([{ status: 'delivered', attempts: 1, http_status: 200, error: null, claim_id: null }]);
    const [delivery] = await rows();
    expect(request?.url).toBe('/message.exchange');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'test/1 (webhook)',
      'webhook-id': delivery?.event_id,
      'webhook-timestamp': String(Math.floor(clock.time / 1000)),
      'x-delivery-attempt': '1',
    });
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(request?.body).toEqual(seal.open(delivery!.body_sealed, `delivery:${delivery?.id}:body`));
    const secret = seal.open(webhook.secret_sealed, `webhook:${webhook.id}:secret`).toString();
    const headers = request?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(request!.body.toString(), headers)).toMatchObject({ data: { n: 1 } });
  });

  test('a failed attempt is retried with the same bytes and a new signature', async () => {
    const { clock, startCourier, hook, emit, settled, settledInTime } = await courierBench(storage);
    const { receiver } = await hook();
    receiver.answer = status(500);
    startCourier();
    await emit(1);
    await settled([{ status: 'pending', attempts: 1, http_status: 500, error: 'http_status' }]);
    receiver.answer = status(204);
    clock.advance(5_000);
    await settledInTime([{ status: 'delivered', attempts: 2, http_status: 204, error: null }]);
    const [first, second] = receiver.requests;
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['x-delivery-attempt']).toBe('2');
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  test('Retry-After moves the next attempt', async () => {
    const { clock, startCourier, hook, emit, settled } = await courierBench(storage);
    const { receiver } = await hook();
    receiver.answer = status(503, { 'Retry-After': '8' });
    startCourier();
    const sentAt = clock.time;
    await emit(1);
    await settled([{ status: 'pending', next_attempt_at: sentAt + 8_000 }]);
  });

  test('the tenth failure is a dead letter', async () => {
    const { db, clock, startCourier, hook, emit, settled, settledInTime } = await courierBench(storage);
    const { receiver, webhook } = await hook();
    receiver.answer = status(404);
    startCourier();
    await emit(1);
    await settled([{ attempts: 1 }]);
    await db.updateTable('deliveries').set({ attempts: 9 }).where('webhook_id', '=', webhook.id).execute();
    clock.advance(5_000);
    await settledInTime([
      { status: 'dead', attempts: 10, http_status: 404, error: 'http_status', next_attempt_at: null },
    ]);
  });

  test('no answer within fifteen seconds is a timeout', async () => {
    const { clock, startCourier, hook, emit, settled } = await courierBench(storage);
    const { receiver } = await hook();
    receiver.answer = (response) => void response.writeHead(200).write('never ends');
    startCourier();
    await emit(1);
    await receiver.received(1);
    clock.advance(15_000);
    await settled([{ status: 'pending', attempts: 1, http_status: null, error: 'timeout' }]);
  });

  test('410 disables the webhook and dead-letters what it still had to get', async () => {
    const { db, startCourier, hook, emit, settled, channels } = await courierBench(storage);
    const { receiver, webhook } = await hook();
    receiver.answer = status(410);
    for (const n of [1, 2]) await emit(n, 'chat@g.us');
    startCourier();
    await settled([
      { status: 'dead', attempts: 1, http_status: 410, error: 'http_status' },
      { status: 'dead', attempts: 0, error: 'webhook_disabled' },
    ]);
    const row = db.selectFrom('webhooks').selectAll().where('id', '=', webhook.id);
    expect(await row.executeTakeFirst()).toMatchObject({
      enabled: 0,
      disabled_reason: 'gone',
      url: receiver.url,
    });
    channels.changed(webhook.instance_id);
    await emit(3);
    expect(receiver.requests).toHaveLength(1);
  });

  test('a delivery appended just when its webhook was disabled dies', async () => {
    const { db, startCourier, hook, emit, settled } = await courierBench(storage);
    const { receiver, webhook } = await hook();
    await emit(1);
    await db.updateTable('webhooks').set({ enabled: 0 }).where('id', '=', webhook.id).execute();
    startCourier();
    await settled([{ status: 'dead', error: 'webhook_disabled' }]);
    expect(receiver.requests).toEqual([]);
  });

  test('pending deliveries use the webhook’s present URL, authorization and secrets', async () => {
    const { db, seal, clock, instance, startCourier, hook, emit, settled } = await courierBench(storage);
    clock.time = Date.now();
    const { receiver, webhook } = await hook({ url: 'http://127.0.0.1:9/' });
    await emit(1);
    const deps = { seal, clock, allowed: LOOPBACK };
    const { url } = receiver;
    const input = { label: webhook.label, enabled: true, url, authorization: 'Bearer x', rotateSecret: true };
    await configureWebhook(db, deps, instance.id, input);
    startCourier();
    await settled([{ status: 'delivered' }]);
    const [request] = receiver.requests;
    expect(request?.headers.authorization).toBe('Bearer x');
    expect(String(request?.headers['webhook-signature']).split(' ')).toHaveLength(2);
    const old = seal.open(webhook.secret_sealed, `webhook:${webhook.id}:secret`).toString();
    expect(() =>
      new Webhook(old).verify(request!.body.toString(), request?.headers as Record<string, string>),
    ).not.toThrow();
  });

  test('an authorization that cannot be opened sends nothing', async () => {
    const { startCourier, hook, emit, settled } = await courierBench(storage);
    const { receiver } = await hook({ authorization_sealed: testSeal().seal('x', 'elsewhere') });
    startCourier();
    await emit(1);
    await settled([{ status: 'pending', attempts: 1, error: 'authorization_unreadable' }]);
    expect(receiver.requests).toEqual([]);
  });

  test('deliveries wait while the account is suspended', async () => {
    const { db, instance, startCourier, hook, emit, settledInTime } = await courierBench(storage);
    const { receiver } = await hook();
    const suspend = (suspended: number) =>
      db.updateTable('accounts').set({ suspended }).where('id', '=', instance.account_id).execute();
    await suspend(1);
    const courier = startCourier();
    await emit(1);
    await courier.stop();
    expect(receiver.requests).toEqual([]);
    await suspend(0);
    startCourier();
    await settledInTime([{ status: 'delivered' }]);
  });
});
