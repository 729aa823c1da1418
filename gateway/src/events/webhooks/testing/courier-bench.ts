import type { ServerResponse } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { GuardedFetch } from '../../../net/guarded-fetch.ts';
import { LOOPBACK, Receiver } from '../../../net/testing/network.ts';
import type { WebhookRow } from '../../../storage/schema.ts';
import type { TestStorage } from '../../../storage/testing/databases.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { addInstance, addWebhook, emitOne, silentLog, testOutbox, testSeal } from '../../testing/events.ts';
import { Courier, type SlotLimits } from '../courier.ts';

const POLL_MS = 1_000;

/** A receiver's answer without a body. */
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();

/** Couriers, receivers and events of one instance, on a database without deliveries. */
export async function courierBench(storage: TestStorage) {
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

  const emit = (n: number, lane: string | null = null) => emitOne(outbox, instance.id, { lane, data: { n } });
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
export const numbers = (receiver: Pick<Receiver, 'requests'>) =>
  receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);
