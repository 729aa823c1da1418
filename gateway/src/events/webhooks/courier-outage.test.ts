import { expect, onTestFinished, test } from 'vitest';
import { GuardedFetch } from '../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../net/testing/network.ts';
import { databases } from '../../storage/testing/databases.ts';
import { StorageFault } from '../../testing/storage-fault.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { addInstance, addWebhook, emitOne, silentLog, testOutbox, testSeal } from '../testing/events.ts';
import { Courier } from './courier.ts';
import { CLAIM_MS } from './delivery-queue.ts';

const POLL_MS = 1_000;

test.each(databases)(
  'a lane whose result could not be written to $name goes on when it can, not when its claim runs out',
  async ({ open }) => {
    const storage = await open();
    const [seal, clock, fault] = [testSeal(), new TestClock(), new StorageFault()];
    const { outbox, channels } = testOutbox(storage.db, seal, { clock });
    const instance = await addInstance(storage.db, seal);
    const receiver = await Receiver.start((response) => {
      fault.begin('deliveries', ['writes']);
      response.end();
    });
    await addWebhook(storage.db, seal, instance.id, { url: receiver.url });
    const fetch = new GuardedFetch({ allowed: LOOPBACK, clock });
    const courier = new Courier({
      storage: fault.over(storage),
      seal,
      clock,
      log: silentLog,
      fetch,
      channels,
      userAgent: 'test/1 (webhook)',
    });
    onTestFinished(async () => {
      await courier.stop();
      await fetch.close();
    });
    const started = clock.now();
    await emitOne(outbox, instance.id, { lane: 'ana', data: { n: 1 } });
    await emitOne(outbox, instance.id, { lane: 'ana', data: { n: 2 } });
    courier.start();
    await receiver.received(1);
    await expect.poll(() => fault.refused).toBeGreaterThan(0);

    receiver.answer = (response) => response.end();
    fault.end();
    const outcomes = () =>
      storage.db.selectFrom('deliveries').select(['status', 'attempts']).orderBy('event_id').execute();
    await expect
      .poll(() => {
        if (clock.now() - started < CLAIM_MS / 2) clock.advance(POLL_MS);
        return outcomes();
      })
      .toEqual([
        { status: 'delivered', attempts: 1 },
        { status: 'delivered', attempts: 1 },
      ]);
    const numbers = receiver.requests.map(({ body }) => JSON.parse(body.toString()).data.n);
    expect(numbers).toEqual([1, 1, 2]);
  },
);
