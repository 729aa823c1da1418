import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { exchange, runInstances, state } from '../../testing/running-instances.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const WARM_UP = 10;
const RECONNECTS = 60;
/** A connection that stays referenced keeps some hundred kilobytes. */
const MOST_GROWTH = 3_000_000;

const whatsapp = await startWhatsApp();
setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('leaves no socket, timer or memory behind, however often it reconnects', async () => {
  const [database] = databases;
  if (!database) throw new Error('no database');
  const storage = await database.open();
  const running = runInstances(storage, whatsapp.url);
  const created = await running.addInstance();
  const [phone, ana] = [await whatsapp.newPhone('Blue Store'), await whatsapp.newPhone('Ana')];
  const answer = await running.supervisor.connect(created, {});
  if (answer.status !== 'qr') throw new Error('expected a QR');
  await phone.scan(answer.qrCode);
  await running.event(created.id, state('connected'));
  const instance = await running.instanceOf(created.id);
  let connected = 1;

  /** The server cuts the connection, and a user does not wait for the backoff; a message comes on each connection. */
  async function reconnect(times: number) {
    for (let n = 0; n < times; n++) {
      await phone.fault('disconnect');
      await running.event(instance.id, state('disconnected'), connected);
      await running.supervisor.reconnect(instance);
      await running.event(instance.id, state('connected'), ++connected);
      await running.event(instance.id, exchange(await ana.send(phone.number, `${connected}`)));
    }
    await expect.poll(openConnections).toBe(1);
  }

  await reconnect(WARM_UP);
  const before = { resources: resources(), heap: heapUsed() };
  await reconnect(RECONNECTS);
  // What is still in flight of the last one goes within a moment.
  await expect.poll(() => excess(resources(), before.resources)).toEqual({});
  expect(heapUsed() - before.heap).toBeLessThan(MOST_GROWTH);

  await running.supervisor.stop();
  await expect.poll(openConnections).toBe(0);
});

async function openConnections(): Promise<number> {
  const response = await fetch(`${whatsapp.control}/stats`);
  return ((await response.json()) as { connections: { open: number } }).connections.open;
}

/** How many there are of each kind. Those of the test itself (its fetches) come and go, and are left out. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function excess(now: Record<string, number>, then: Record<string, number>): Record<string, number> {
  const more = Object.entries(now).map(([kind, count]): [string, number] => [
    kind,
    count - (then[kind] ?? 0),
  ]);
  // One timer or socket more is this moment's poll.
  return Object.fromEntries(more.filter(([, count]) => count > 1));
}

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
