import { afterEach, expect, it } from 'vitest';
import { databases } from '../gateway/src/storage/testing/databases.ts';
import { Stage } from './stage.ts';

const MESSAGES = 20;
const PATIENT = { timeout: 120_000, interval: 50 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** As when a machine sleeps or a container is paused: longer than the server waits, so the connection is gone. */
it('a gateway that is stopped for a while and goes on has lost nothing and can read everything', async () => {
  const [database] = databases;
  if (!database) throw new Error('no database');
  const storage = await database.open();
  const stage = await Stage.set(storage);
  cleanups.push(storage.close, () => stage.close());
  await stage.startGateway();
  const shop = await stage.link('shop');
  const ana = await stage.newPhone('Ana');
  const events = () => stage.receivers.flatMap((receiver) => receiver.events.all());
  const reports = (id: string) =>
    events().filter(({ event, data }) => event === 'message.exchange' && data.id === id);
  const send = (message: string) =>
    stage.call('POST', `/api/message/text/${shop.name}`, shop.token, { number: ana.number, message });
  const first = await ana.send(shop.phone.number, 'hello');
  await expect.poll(() => reports(first).length, PATIENT).toBe(1);
  expect((await send('hi')).status).toBe(200);

  // Stopped in the middle of traffic in both directions.
  const sending = Array.from({ length: 5 }, (_, n) => send(`while it stops ${n}`));
  const sent: string[] = [];
  for (let n = 0; n < MESSAGES; n++) sent.push(await ana.send(shop.phone.number, `before ${n}`));
  process.kill(stage.gateway.pid, 'SIGSTOP');
  for (let n = 0; n < MESSAGES; n++) sent.push(await ana.send(shop.phone.number, `meanwhile ${n}`));
  await shop.phone.fault('disconnect');
  for (let n = 0; n < MESSAGES; n++) sent.push(await ana.send(shop.phone.number, `then ${n}`));
  process.kill(stage.gateway.pid, 'SIGCONT');

  const answers = await Promise.all(sending);
  for (const id of sent) await expect.poll(() => reports(id).length, PATIENT).toBe(1);
  await expect.poll(async () => (await send('back again')).status, PATIENT).toBe(200);
  const shown = (await ana.inbox()).map(({ text }) => text);
  for (const [n, { status }] of answers.entries()) {
    expect([200, 503, 504]).toContain(status);
    const times = shown.filter((text) => text === `while it stops ${n}`).length;
    if (status === 200) expect(times).toBe(1);
    else expect(times).toBeLessThanOrEqual(1);
  }
  await expect.poll(async () => (await stage.stats()).undelivered, PATIENT).toEqual({});
  expect((await stage.stats()).retries).toBe(0);
  for (const id of sent) expect(reports(id)).toHaveLength(1);
  expect(events().filter(({ event }) => event === 'message.undecryptable')).toEqual([]);
});
