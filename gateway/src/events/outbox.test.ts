import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../storage/testing/databases.ts';
import { TestClock } from '../testing/test-clock.ts';
import {
  addInstance,
  addWebhook,
  BASE_URL,
  emitOne,
  INSTANCE_TOKEN,
  newEvent,
  testOutbox,
  testSeal,
} from './testing/events.ts';

describe.each(databases)('outbox on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup() {
    const { db } = storage;
    const seal = testSeal();
    const clock = new TestClock();
    const frames: string[] = [];
    const woken: string[] = [];
    const ends = {
      clock,
      hub: { publish: (_id: string, frame: () => string) => void frames.push(frame()) },
      courier: { wake: (ids: Iterable<string>) => void woken.push(...ids) },
    };
    const instance = await addInstance(db, seal);
    const events = () =>
      db.selectFrom('events').selectAll().where('instance_id', '=', instance.id).orderBy('id').execute();
    const deliveries = () =>
      db.selectFrom('deliveries').selectAll().where('instance_id', '=', instance.id).orderBy('id').execute();
    return {
      db,
      seal,
      clock,
      ends,
      frames,
      woken,
      instance,
      events,
      deliveries,
      ...testOutbox(db, seal, ends),
    };
  }

  test('event and one delivery per matching webhook are one commit with the caller’s writes', async () => {
    const { db, seal, instance, outbox, events, deliveries, woken } = await setup();
    const hook = await addWebhook(db, seal, instance.id);
    await addWebhook(db, seal, instance.id, { events: '["call.update"]' });
    await addWebhook(db, seal, instance.id, { enabled: 0 });
    await outbox.transaction(instance.id, async (trx, emit) => {
      await trx.insertInto('meta').values({ key: 'k', value: 'v' }).execute();
      expect(await emit(newEvent({ lane: '1@s.whatsapp.net', data: { b: 1, a: 2 } }))).toBe(true);
    });
    const [event] = await events();
    expect(event).toMatchObject({ lane: '1@s.whatsapp.net', data: '{"b":1,"a":2}' });
    expect(event?.id).toMatch(/^evt_[0-9A-Z]{26}$/);
    const [delivery, ...others] = await deliveries();
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({
      webhook_id: hook.id,
      event_id: event?.id,
      status: 'pending',
      attempts: 0,
    });
    const body = seal.open(delivery!.body_sealed, `delivery:${delivery?.id}:body`).toString();
    expect(body).toBe(
      `{"event":"message.exchange","eventId":"${event?.id}","data":{"b":1,"a":2},` +
        `"instanceData":{"baseUrl":"${BASE_URL}","instance":"sales","token":"${INSTANCE_TOKEN}"}}`,
    );
    expect(woken).toEqual([hook.id]);
    expect(await db.selectFrom('meta').selectAll().where('key', '=', 'k').execute()).toHaveLength(1);
  });

  test('a webhook without includeToken gets bodies without the token', async () => {
    const { db, seal, instance, outbox, deliveries } = await setup();
    await addWebhook(db, seal, instance.id, { include_token: 0 });
    await emitOne(outbox, instance.id);
    const [delivery] = await deliveries();
    const body = seal.open(delivery!.body_sealed, `delivery:${delivery?.id}:body`).toString();
    expect(JSON.parse(body).instanceData).toEqual({ baseUrl: BASE_URL, instance: 'sales' });
  });

  test('a transaction that fails leaves no trace and notifies no channel', async () => {
    const { db, seal, instance, outbox, events, deliveries, frames, woken } = await setup();
    await addWebhook(db, seal, instance.id);
    await addSocketConfig(db, instance.id);
    const failing = outbox.transaction(instance.id, async (_trx, emit) => {
      await emit(newEvent());
      throw new Error('late failure');
    });
    await expect(failing).rejects.toThrow('late failure');
    expect([await events(), await deliveries(), frames, woken]).toEqual([[], [], [], []]);
    expect(await emitOne(outbox, instance.id)).toBe(true);
  });

  test('the same dedupe key is one event per instance', async () => {
    const { db, seal, instance, outbox, deliveries } = await setup();
    await addWebhook(db, seal, instance.id);
    const other = await addInstance(db, seal, { name: 'other' });
    expect(await emitOne(outbox, instance.id, { dedupeKey: 'm1' })).toBe(true);
    expect(await emitOne(outbox, instance.id, { dedupeKey: 'm1' })).toBe(false);
    expect(await emitOne(outbox, other.id, { dedupeKey: 'm1' })).toBe(true);
    expect(await deliveries()).toHaveLength(1);
  });

  test('ids ascend in the order of the commits, however the clock jumps and across a restart', async () => {
    const { db, seal, clock, instance, outbox, events, deliveries } = await setup();
    await addWebhook(db, seal, instance.id);
    const order: number[] = [];
    const emitNumbered = (box: typeof outbox, n: number) =>
      box.transaction(instance.id, async (_trx, emit) => {
        await emit(newEvent({ data: { n } }));
        order.push(n);
      });
    await Promise.all([1, 2, 3, 4, 5].map((n) => emitNumbered(outbox, n)));
    clock.time -= 3_600_000;
    await emitNumbered(outbox, 6);
    const restarted = testOutbox(db, seal, { clock }).outbox;
    await emitNumbered(restarted, 7);
    expect((await events()).map((row) => JSON.parse(row.data).n)).toEqual(order);
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const ids = (await deliveries()).map((row) => row.event_id);
    expect(ids).toEqual((await events()).map((row) => row.id));
  });

  test('frames come in event order and carry the token', async () => {
    const { db, instance, outbox, frames, events } = await setup();
    await addSocketConfig(db, instance.id, ['message.exchange']);
    await outbox.transaction(instance.id, async (_trx, emit) => {
      await emit(newEvent({ data: { n: 1 } }));
      await emit(newEvent({ kind: 'call.update' }));
      await emit(newEvent({ data: { n: 2 } }));
    });
    const [first, , second] = await events();
    expect(frames.map((frame) => JSON.parse(frame))).toMatchObject([
      { eventId: first?.id, data: { n: 1 }, instanceData: { token: INSTANCE_TOKEN } },
      { eventId: second?.id, data: { n: 2 } },
    ]);
  });

  test('a changed token and a changed filter hold from the next event on', async () => {
    const { db, seal, instance, outbox, channels, frames } = await setup();
    await addSocketConfig(db, instance.id);
    await emitOne(outbox, instance.id);
    const sealed = seal.seal('rzi_rotated', `instance:${instance.id}:token`);
    await db.updateTable('instances').set({ token_sealed: sealed }).where('id', '=', instance.id).execute();
    await db
      .updateTable('websockets')
      .set({ events: '["call.update"]' })
      .where('instance_id', '=', instance.id)
      .execute();
    channels.changed(instance.id);
    await emitOne(outbox, instance.id);
    await emitOne(outbox, instance.id, { kind: 'call.update' });
    expect(frames.map((frame) => JSON.parse(frame).instanceData.token)).toEqual([
      INSTANCE_TOKEN,
      'rzi_rotated',
    ]);
  });

  test('a change made by another process is seen within seconds', async () => {
    const { db, clock, instance, outbox, frames } = await setup();
    await addSocketConfig(db, instance.id);
    await emitOne(outbox, instance.id);
    await db.updateTable('websockets').set({ enabled: 0 }).execute();
    clock.advance(5_000);
    await emitOne(outbox, instance.id);
    expect(frames).toHaveLength(1);
  });

  test('a token sealed with a lost key is left empty, and the event still goes out', async () => {
    const { db, instance, ends, frames } = await setup();
    await addSocketConfig(db, instance.id);
    const { outbox } = testOutbox(db, testSeal(), ends);
    expect(await emitOne(outbox, instance.id)).toBe(true);
    expect(JSON.parse(frames[0]!).instanceData.token).toBe('');
  });

  test('events of an instance that is gone are refused', async () => {
    const { outbox } = await setup();
    await expect(emitOne(outbox, 'gone')).rejects.toMatchObject({ code: 'instance_unknown' });
  });
});

async function addSocketConfig(
  db: Parameters<typeof addInstance>[0],
  instanceId: string,
  events = ['message.exchange', 'call.update'],
): Promise<void> {
  await db
    .insertInto('websockets')
    .values({
      instance_id: instanceId,
      enabled: 1,
      events: JSON.stringify(events),
      media_base64: 0,
      updated_at: 0,
    })
    .execute();
}
