import type { ServerResponse } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { CLAIM_MS, DeliveryQueue } from './delivery-queue.ts';
import { courierBench, numbers, status } from './testing/courier-bench.ts';

describe.each(databases)('order and claims of the courier on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  test('first attempts of a chat leave in order, each after the end of the one before', async () => {
    const { startCourier, hook, emit, settled } = await courierBench(storage);
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
    const { startCourier, hook, emit, settled } = await courierBench(storage);
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
    const { clock, startCourier, hook, emit, settled } = await courierBench(storage);
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
    const { clock, startCourier, hook, emit } = await courierBench(storage);
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

  test('two couriers on one database send everything once, in order', async () => {
    const { startCourier, hook, emit, settled } = await courierBench(storage);
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
    const { startCourier, hook, emit, rows, settled } = await courierBench(storage);
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
    const { clock, startCourier, hook, emit, rows } = await courierBench(storage);
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
    const { clock, startCourier, hook, emit, settledInTime } = await courierBench(storage);
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
    const { clock, hook, emit, rows } = await courierBench(storage);
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
