import { beforeEach, describe, expect, test } from 'vitest';
import { Channels } from '../events/channels.ts';
import { readEventLog } from '../events/event-log.ts';
import {
  addInstance,
  addWebhook,
  emitOne,
  silentLog,
  testOutbox,
  testSeal,
} from '../events/testing/events.ts';
import { DeliveryQueue } from '../events/webhooks/delivery-queue.ts';
import { TestClock } from '../testing/test-clock.ts';
import { BATCH_ROWS, forgetDeliveries, forgetEvents, forgetMessages } from './retention.ts';
import { RetentionJob } from './retention-job.ts';
import type { DeliveryRow } from './schema.ts';
import { databases, type TestStorage } from './testing/databases.ts';

const DAY = 24 * 3_600_000;

describe.each(databases)('retention on $name', ({ open }) => {
  let storage: TestStorage;
  beforeEach(async () => {
    storage = await open();
    return () => storage.close();
  });

  async function setup() {
    const { db } = storage;
    const seal = testSeal();
    const clock = new TestClock();
    const instance = await addInstance(db, seal);
    const { outbox, channels } = testOutbox(db, seal, { clock });
    const webhook = await addWebhook(db, seal, instance.id);
    const emit = (dedupeKey: string | null = null) => emitOne(outbox, instance.id, { dedupeKey });
    const deliveries = () => db.selectFrom('deliveries').selectAll().orderBy('id').execute();
    const events = async () =>
      (await db.selectFrom('events').select('id').orderBy('id').execute()).map(({ id }) => id);
    const log = (cursor?: string) => readEventLog(db, instance, '', { cursor, limit: 500, kinds: [] });
    return { db, seal, clock, instance, webhook, outbox, channels, emit, deliveries, events, log };
  }

  async function addMessages(count: number, sentAt: number, instanceId: string) {
    const row = (n: number) => ({
      instance_id: instanceId,
      chat: 'chat',
      message_id: `${sentAt}-${n}`,
      from_me: n % 2,
      type: 'text',
      content: '',
      source: 'phone',
      is_group: 0,
      content_proto: Buffer.of(),
      sent_at: sentAt,
      stored_at: sentAt,
    });
    const values = Array.from({ length: count }, (_, n) => row(n));
    await storage.db.insertInto('messages').values(values).execute();
  }

  test('delivered webhooks are kept seven days and dead ones thirty, pending ones until they end', async () => {
    const { db, clock, emit, deliveries } = await setup();
    for (let n = 0; n < 5; n++) await emit();
    const [a, b, c, d] = await deliveries();
    const end = (row: DeliveryRow | undefined, status: 'delivered' | 'dead', ended_at: number) =>
      db.updateTable('deliveries').set({ status, ended_at }).where('id', '=', row!.id).execute();
    const start = clock.time;
    await end(a, 'delivered', start);
    await end(b, 'delivered', start + 1);
    await end(c, 'dead', start);
    await end(d, 'dead', start + 1);
    const sweep = async (now: number) => {
      for (const status of ['delivered', 'dead'] as const) await forgetDeliveries(db, status)(now);
      return (await deliveries()).length;
    };
    expect(await sweep(start + 7 * DAY)).toBe(5);
    expect(await sweep(start + 7 * DAY + 1)).toBe(4);
    expect(await sweep(start + 30 * DAY + 1)).toBe(2);
    expect(await sweep(start + 30 * DAY + 2)).toBe(1);
    expect(await sweep(start + 1_000 * DAY)).toBe(1);
  });

  test('what the courier ends and what a disabled webhook dead-letters is forgotten in its time', async () => {
    const { db, clock, webhook, emit, deliveries } = await setup();
    await emit();
    await db.updateTable('webhooks').set({ enabled: 0 }).execute();
    const queue = new DeliveryQueue(storage);
    await queue.claim([webhook.id], clock.time);
    expect(await deliveries()).toMatchObject([{ status: 'dead', ended_at: clock.time }]);
    expect(await forgetDeliveries(db, 'dead')(clock.time + 30 * DAY + 1)).toBe(1);
  });

  test('events leave the log at their age, and only readers that missed some get an error', async () => {
    const { db, clock, emit, events, log } = await setup();
    await emit();
    clock.advance(1);
    await emit();
    const [first, second] = await events();
    clock.advance(7 * DAY);
    await emit();
    const forget = forgetEvents(db, 7);
    expect(await forget(clock.time)).toBe(1);
    expect((await log(first)).events).toHaveLength(2);
    expect(await forget(clock.time + 1)).toBe(1);
    await expect(log(first)).rejects.toMatchObject({
      details: { text: 'Cursor is older than the event log' },
    });
    expect((await log(second)).events).toHaveLength(1);
    expect((await log()).events).toHaveLength(1);
  });

  test('a delivery outlives its event', async () => {
    const { db, clock, webhook, emit, deliveries } = await setup();
    await emit();
    clock.advance(8 * DAY);
    expect(await forgetEvents(db, 7)(clock.time)).toBe(1);
    const queue = new DeliveryQueue(storage);
    const [run] = (await queue.claim([webhook.id], clock.time))[0]!.runs;
    const attempt = await queue.attempt(run!.deliveryIds[0]!, run!.claimId);
    expect(attempt?.bodySealed).toEqual((await deliveries())[0]?.body_sealed);
  });

  test('ids go on above those of forgotten events, even when the clock goes back', async () => {
    const { db, seal, clock, instance, emit, events } = await setup();
    await emit();
    const [forgotten] = await events();
    await db.deleteFrom('deliveries').execute();
    await forgetEvents(db, 7)(clock.time + 8 * DAY);
    clock.time -= DAY;
    const channels = new Channels({ seal, clock, log: silentLog });
    const id = (await channels.of(db, instance.id))?.nextId();
    expect(`evt_${id}` > forgotten!).toBe(true);
  });

  test('without a log, an event reported twice within a day is still one', async () => {
    const { db, clock, emit, events } = await setup();
    await emit('key');
    clock.advance(DAY);
    await forgetEvents(db, 0)(clock.time);
    expect(await emit('key')).toBe(false);
    await forgetEvents(db, 0)(clock.time + 1);
    expect(await events()).toEqual([]);
  });

  test('messages are kept for ever unless the operator sets an age', async () => {
    const { db, seal, clock, instance } = await setup();
    const other = await addInstance(db, seal);
    await addMessages(BATCH_ROWS + 5, clock.time - 31 * DAY, instance.id);
    await addMessages(3, clock.time - 31 * DAY, other.id);
    await addMessages(7, clock.time - 29 * DAY, instance.id);
    const left = async () => (await db.selectFrom('messages').select('message_id').execute()).length;
    expect(await forgetMessages(db, 0)(clock.time)).toBe(0);
    const forget = forgetMessages(db, 30);
    const batches = [1, 2, 3, 4].map(() => forget);
    const counts: number[] = [];
    for (const batch of batches) counts.push(await batch(clock.time));
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 3, 5, BATCH_ROWS]);
    expect(await left()).toBe(7);
  });

  test('a large backlog goes in small batches with pauses, and every hour there is another round', async () => {
    const { db, clock, instance } = await setup();
    await addMessages(2 * BATCH_ROWS + 1, clock.time - 2 * DAY, instance.id);
    const forgetting = forgetMessages(db, 1);
    const batches: number[] = [];
    const job = new RetentionJob({
      clock,
      log: silentLog,
      forget: {
        broken: () => Promise.reject(new Error('no disk')),
        messages: async (now) => {
          batches.push(await forgetting(now));
          return batches.at(-1) ?? 0;
        },
      },
    });
    job.start();
    const paused = () => expect.poll(() => clock.waiting).toBe(1);
    await paused();
    expect(batches).toEqual([BATCH_ROWS]);
    clock.advance(50);
    await paused();
    expect(batches).toEqual([BATCH_ROWS, BATCH_ROWS]);
    clock.advance(50);
    await paused();
    expect(batches).toEqual([BATCH_ROWS, BATCH_ROWS, 1]);
    clock.advance(60 * 60_000);
    await paused();
    expect(batches).toHaveLength(4);
    await job.stop();
    expect(clock.waiting).toBe(0);
  });
});
