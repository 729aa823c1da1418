import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../storage/testing/databases.ts';
import { TestClock } from '../testing/test-clock.ts';
import { addInstance, addWebhook, newEvent, testOutbox, testSeal } from './testing/events.ts';

/** A transaction as a caller might write it. */
const transactions = fc.array(
  fc.record({
    instance: fc.integer({ min: 0, max: 1 }),
    events: fc.array(fc.record({ key: fc.constantFrom(null, 'a', 'b', 'c'), pause: fc.boolean() }), {
      maxLength: 4,
    }),
    fails: fc.boolean(),
    /** Milliseconds by which the clock moves when it begins; it may go back. */
    step: fc.integer({ min: -5_000, max: 5_000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe.each(databases)('outbox on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  test('emits exactly what was committed, once for each key, with ids in the order of the commits', async () => {
    const { db } = storage;
    const seal = testSeal();
    await fc.assert(
      fc.asyncProperty(transactions, async (list) => {
        const clock = new TestClock();
        const published: { eventId: string; n: number }[] = [];
        const readBack: Promise<unknown>[] = [];
        const { outbox } = testOutbox(db, seal, {
          clock,
          hub: {
            publish(_instance, frame) {
              const { eventId, data } = JSON.parse(frame()) as { eventId: string; data: { n: number } };
              published.push({ eventId, n: data.n });
              // Another connection sees it already, so no channel is notified of what may still fail.
              readBack.push(
                db.selectFrom('events').select('id').where('id', '=', eventId).executeTakeFirst(),
              );
            },
          },
        });
        const instances = [await addInstance(db, seal), await addInstance(db, seal)];
        for (const { id } of instances) {
          await addWebhook(db, seal, id);
          await db
            .insertInto('websockets')
            .values({
              instance_id: id,
              enabled: 1,
              events: '["message.exchange"]',
              media_base64: 0,
              updated_at: 0,
            })
            .execute();
        }

        const expected: number[][] = [[], []];
        const keys = [new Set<string>(), new Set<string>()];
        let n = 0;
        const running = list.map(({ instance, events, fails, step }) => {
          const numbered = events.map((event) => ({ ...event, n: n++ }));
          // Transactions of an instance run in the order of the calls, so what comes of them is known before.
          const kept = numbered.filter(({ key }, index) => {
            if (key === null) return true;
            const earlier = numbered.slice(0, index).some((other) => other.key === key);
            return !earlier && !keys[instance]!.has(key);
          });
          if (!fails) {
            expected[instance]!.push(...kept.map((event) => event.n));
            for (const { key } of kept) if (key !== null) keys[instance]!.add(key);
          }
          return outbox.transaction(instances[instance]!.id, async (_trx, emit) => {
            clock.time += step;
            for (const event of numbered) {
              const added = await emit(newEvent({ dedupeKey: event.key, data: { n: event.n } }));
              expect(added).toBe(kept.includes(event));
              if (event.pause) await new Promise(setImmediate);
            }
            if (fails) throw new Error('rolled back');
          });
        });
        const ended = await Promise.allSettled(running);
        expect(ended.map(({ status }) => status)).toEqual(
          list.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        expect((await Promise.all(readBack)).every((row) => row !== undefined)).toBe(true);

        for (const [index, { id }] of instances.entries()) {
          const rows = await db
            .selectFrom('events')
            .select(['id', 'data'])
            .where('instance_id', '=', id)
            .orderBy('id')
            .execute();
          expect(rows.map(({ data }) => (JSON.parse(data) as { n: number }).n)).toEqual(expected[index]);
          const ids = new Set(rows.map((row) => row.id));
          expect(published.filter(({ eventId }) => ids.has(eventId)).map((event) => event.n)).toEqual(
            expected[index],
          );
          const deliveries = await db
            .selectFrom('deliveries')
            .select('event_id')
            .where('instance_id', '=', id)
            .orderBy('id')
            .execute();
          expect(deliveries.map((row) => row.event_id)).toEqual(rows.map((row) => row.id));
        }
        expect(published).toHaveLength(expected.flat().length);
      }),
      { numRuns: 40 },
    );
  });
});
