import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { GuardedFetch } from '../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../net/testing/network.ts';
import type { WebhookRow } from '../../storage/schema.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { addInstance, addWebhook, emitOne, silentLog, testOutbox, testSeal } from '../testing/events.ts';
import { Courier, type SlotLimits } from './courier.ts';
import { CLAIM_MS, DeliveryQueue } from './delivery-queue.ts';
import { configureWebhook } from './webhook-config.ts';

const POLL_MS = 1_000;
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();

describe.each(databases)('courier on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup() {
    const { db } = storage;
    await db.deleteFrom('deliveries').execute();
    const seal = testSeal();
    const clock = new TestClock();
    const instance = await addInstance(db, seal);
    const woken: { wake(ids: Iterable<string>): void } = { wake: () => {} };
    const { outbox, channels } = testOutbox(db, seal, { clock, courier: { wake: (ids) => woken.wake(ids) } });

    /** A started courier; the last one started is the one that the outbox wakes. */
    function startCourier(slots?: SlotLimits): Courier {
      const fetch = new GuardedFetch({ allowed: LOOPBACK, clock });
      const userAgent = 'test/1 (webhook)';
      const courier = new Courier({
        storage,
        seal,
        clock,
        log: silentLog,
        fetch,
        channels,
        userAgent,
        random: () => 0.5,
        ...(slots ? { slots } : {}),
      });
      woken.wake = (ids) => courier.wake(ids);
      courier.start();
      onTestFinished(async () => {
        let stopped = false;
        const stopping = courier.stop().then(() => {
          stopped = true;
        });
        await expect
          .poll(() => {
            clock.advance(15_000); // ends what a receiver still holds
            return stopped;
          })
          .toBe(true);
        await stopping;
        await fetch.close();
      });
      return courier;
    }

    async function hook(values: Partial<WebhookRow> = {}) {
      const receiver = await Receiver.start();
      const webhook = await addWebhook(db, seal, instance.id, { url: receiver.url, ...values });
      channels.changed(instance.id);
      return { receiver, webhook };
    }

    const emit = (n: number, lane: string | null = null) =>
      emitOne(outbox, instance.id, { lane, data: { n } });
    const rows = () =>
      db
        .selectFrom('deliveries')
        .selectAll()
        .where('instance_id', '=', instance.id)
        .orderBy('event_id')
        .execute();
    const settled = (wanted: object[]) => expect.poll(rows).toMatchObject(wanted);
    /** The same with the time going on, so that polls happen. */
    const settledInTime = (wanted: object[]) =>
      expect
        .poll(() => {
          clock.advance(POLL_MS);
          return rows();
        })
        .toMatchObject(wanted);
    return { db, seal, clock, instance, channels, startCourier, hook, emit, rows, settled, settledInTime };
  }

  /** The numbers that the events carried, in the order of arrival. */
  const numbers = (receiver: Pick<Receiver, 'requests'>) =>
    receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);

  test('a delivery is the stored bytes, signed, with the documented headers', async () => {
    const { seal, clock, startCourier, hook, emit, rows, settled } = await setup();
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
    const { clock, startCourier, hook, emit, settled, settledInTime } = await setup();
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
    const { clock, startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook();
    receiver.answer = status(503, { 'Retry-After': '8' });
    startCourier();
    const sentAt = clock.time;
    await emit(1);
    await settled([{ status: 'pending', next_attempt_at: sentAt + 8_000 }]);
  });

  test('the tenth failure is a dead letter', async () => {
    const { db, clock, startCourier, hook, emit, settled, settledInTime } = await setup();
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

  test('first attempts of a chat leave in order, each after the end of the one before', async () => {
    const { startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook();
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    startCourier();
    for (const n of [1, 2, 3]) await emit(n, 'chat@g.us');
    await emit(4, 'other@g.us');
    await receiver.received(2);
    expect(numbers(receiver).sort()).toEqual([1, 4]);
    receiver.answer = status(500); // a failure lets the chat go on, too
    held[numbers(receiver).indexOf(1)]?.writeHead(500).end();
    held[numbers(receiver).indexOf(4)]?.end();
    await settled([{ attempts: 1 }, { attempts: 1 }, { attempts: 1 }, { status: 'delivered' }]);
    expect(numbers(receiver).filter((n) => n !== 4)).toEqual([1, 2, 3]);
  });

  test('a webhook has at most eight lanes in flight', async () => {
    const { startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook();
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    startCourier();
    for (let n = 0; n < 12; n++) await emit(n, `${n}@g.us`);
    await receiver.received(8);
    receiver.answer = status(200);
    held[0]?.end();
    await receiver.received(9);
    expect(held).toHaveLength(8);
    for (const response of held) response.end();
    await settled(Array.from({ length: 12 }, () => ({ status: 'delivered' })));
  });

  test('a receiver that does not answer holds up no other one', async () => {
    const { clock, startCourier, hook, emit, settled } = await setup();
    const slow = await hook();
    const fast = await hook();
    slow.receiver.answer = () => {};
    startCourier();
    for (let n = 0; n < 20; n++) await emit(n, `${n % 10}@g.us`);
    await fast.receiver.received(20);
    await slow.receiver.received(8);
    clock.advance(15_000);
    await settled(Array.from({ length: 40 }, () => ({})));
    await expect.poll(() => slow.receiver.requests.length).toBeGreaterThan(8);
  });

  test('many receivers that do not answer leave room for one that does', async () => {
    const { clock, startCourier, hook, emit } = await setup();
    const slow = [await hook(), await hook()];
    for (const { receiver } of slow) receiver.answer = () => {};
    startCourier({ total: 16, slow: 8 });
    for (let n = 0; n < 12; n++) await emit(n, `${n}@g.us`);
    for (const { receiver } of slow) await receiver.received(8); // they fill the process, once
    clock.advance(15_000);
    const arrived = () => slow.map(({ receiver }) => receiver.requests.length);
    await expect.poll(arrived).toEqual([12, 12]);
    const fast = await hook();
    for (let n = 0; n < 30; n++) await emit(n, `${n % 10}@g.us`);
    await fast.receiver.received(30);
  });

  test('no answer within fifteen seconds is a timeout', async () => {
    const { clock, startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook();
    receiver.answer = (response) => void response.writeHead(200).write('never ends');
    startCourier();
    await emit(1);
    await receiver.received(1);
    clock.advance(15_000);
    await settled([{ status: 'pending', attempts: 1, http_status: null, error: 'timeout' }]);
  });

  test('410 disables the webhook and dead-letters what it still had to get', async () => {
    const { db, startCourier, hook, emit, settled, channels } = await setup();
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
    const { db, startCourier, hook, emit, settled } = await setup();
    const { receiver, webhook } = await hook();
    await emit(1);
    await db.updateTable('webhooks').set({ enabled: 0 }).where('id', '=', webhook.id).execute();
    startCourier();
    await settled([{ status: 'dead', error: 'webhook_disabled' }]);
    expect(receiver.requests).toEqual([]);
  });

  test('pending deliveries use the webhook’s present URL, authorization and secrets', async () => {
    const { db, seal, clock, instance, startCourier, hook, emit, settled } = await setup();
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
    const { startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook({ authorization_sealed: testSeal().seal('x', 'elsewhere') });
    startCourier();
    await emit(1);
    await settled([{ status: 'pending', attempts: 1, error: 'authorization_unreadable' }]);
    expect(receiver.requests).toEqual([]);
  });

  test('deliveries wait while the account is suspended', async () => {
    const { db, instance, startCourier, hook, emit, settledInTime } = await setup();
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

  test('two couriers on one database send everything once, in order', async () => {
    const { startCourier, hook, emit, settled } = await setup();
    const { receiver } = await hook();
    for (let n = 0; n < 60; n++) await emit(n, `${n % 6}@g.us`);
    startCourier();
    startCourier();
    await settled(Array.from({ length: 60 }, () => ({ status: 'delivered', attempts: 1 })));
    expect(receiver.requests).toHaveLength(60);
    for (let lane = 0; lane < 6; lane++) {
      const ofLane = numbers(receiver).filter((n) => n % 6 === lane);
      expect(ofLane).toEqual([...ofLane].sort((a, b) => a - b));
    }
  });

  test('a courier that stops finishes what runs and gives back the rest', async () => {
    const { startCourier, hook, emit, rows, settled } = await setup();
    const { receiver } = await hook();
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    for (const n of [1, 2]) await emit(n, 'chat@g.us');
    const courier = startCourier();
    await receiver.received(1);
    const stopped = courier.stop();
    held[0]?.end();
    await stopped;
    expect(await rows()).toMatchObject([
      { status: 'delivered', claim_id: null },
      { status: 'pending', attempts: 0, claim_id: null },
    ]);
    receiver.answer = status(200);
    startCourier();
    await settled([{ status: 'delivered' }, { status: 'delivered' }]);
  });

  test('through restarts and failures nothing is lost and first attempts keep their order', async () => {
    const { clock, startCourier, hook, emit, rows } = await setup();
    const { receiver } = await hook();
    let answers = 0;
    receiver.answer = (response, { headers }) => {
      const fails = headers['x-delivery-attempt'] === '1' && answers++ % 3 === 0;
      response.writeHead(fails ? 500 : 200).end();
    };
    const total = 90;
    let couriers = [startCourier(), startCourier()];
    for (let n = 0; n < total; n++) {
      await emit(n, `${n % 7}@g.us`);
      if (n % 15 === 14) {
        await couriers[0]?.stop();
        couriers = [...couriers.slice(1), startCourier()];
      }
    }
    const undelivered = async () => {
      const left = (await rows()).filter((row) => row.status !== 'delivered');
      if (left.every((row) => row.claim_id === null)) clock.advance(5_000); // else it would end their requests
      return left.length;
    };
    await expect.poll(undelivered).toBe(0);
    expect(new Set(numbers(receiver)).size).toBe(total);
    const first = receiver.requests.filter(({ headers }) => headers['x-delivery-attempt'] === '1');
    expect(first).toHaveLength(total);
    for (let lane = 0; lane < 7; lane++) {
      const ofLane = numbers({ requests: first }).filter((n) => n % 7 === lane);
      expect(ofLane).toEqual([...ofLane].sort((a, b) => a - b));
    }
  });

  test('what a courier held when it died is sent once its claim has run out', async () => {
    const { clock, startCourier, hook, emit, settledInTime } = await setup();
    const { receiver, webhook } = await hook();
    await emit(1);
    const queue = new DeliveryQueue(storage);
    expect((await queue.claim([webhook.id], clock.time))[0]!.runs).toHaveLength(1);
    clock.advance(CLAIM_MS - 1);
    expect((await queue.claim([webhook.id], clock.time))[0]!.runs).toEqual([]);
    startCourier();
    await settledInTime([{ status: 'delivered', attempts: 1 }]);
    expect(receiver.requests).toHaveLength(1);
  });

  test('a lost claim writes nothing', async () => {
    const { clock, hook, emit, rows } = await setup();
    const { webhook } = await hook();
    await emit(1);
    const queue = new DeliveryQueue(storage);
    const [lost] = (await queue.claim([webhook.id], clock.time))[0]!.runs;
    const [id] = lost!.deliveryIds;
    const attempt = await queue.attempt(id!, lost!.claimId);
    clock.advance(CLAIM_MS);
    const [owner] = (await queue.claim([webhook.id], clock.time))[0]!.runs;
    expect(owner?.deliveryIds).toEqual([id]);
    const verdict = { kind: 'dead', httpStatus: 500, error: 'http_status' } as const;
    expect(await queue.settle(attempt!, lost!.claimId, verdict, clock.time)).toBe(false);
    await queue.release([id!], lost!.claimId);
    expect(await queue.attempt(id!, lost!.claimId)).toBeNull();
    expect(await rows()).toMatchObject([{ status: 'pending', attempts: 0, claim_id: owner?.claimId }]);
    expect(await queue.settle(attempt!, owner!.claimId, verdict, clock.time)).toBe(true);
  });
});
