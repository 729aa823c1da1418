import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterEach, describe, expect, it } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { exchange, runInstances, type StoredEvent, state } from '../../testing/running-instances.ts';
import { StorageFault } from '../../testing/storage-fault.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { wireMessage } from '../../whatsapp/wire.ts';

const whatsapp = await startWhatsApp();

/** All that WhatsApp has; each is read once when a device is linked. */
const APP_STATE_COLLECTIONS = 5;

const undecryptable = ({ kind }: StoredEvent) => kind === 'message.undecryptable';

describe.each(databases)('an instance whose $name cannot be reached', ({ open }) => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function setup() {
    const storage = await open();
    const fault = new StorageFault();
    const running = runInstances(fault.over(storage), whatsapp.url);
    const created = await running.addInstance();
    cleanups.push(storage.close, async () => {
      fault.end();
      await running.supervisor.stop();
    });
    const [phone, ana] = [await whatsapp.newPhone('Blue Store'), await whatsapp.newPhone('Ana')];
    const answer = await running.supervisor.connect(created, {});
    if (answer.status !== 'qr') throw new Error('expected a QR');
    await phone.scan(answer.qrCode);
    await running.event(created.id, state('connected'));
    await running.event(created.id, exchange(await ana.send(phone.number, 'before')));
    // What linking brings is stored: a fault meets only what the test sends.
    const collections = storage.db.selectFrom('app_state').select('collection');
    await expect.poll(async () => (await collections.execute()).length).toBe(APP_STATE_COLLECTIONS);
    await expect.poll(() => journal(storage)).toEqual([]);
    const instance = await running.instanceOf(created.id);
    running.supervisor.start();
    return { storage, fault, running, phone, ana, instance };
  }

  const journal = (storage: Awaited<ReturnType<typeof open>>) =>
    storage.db.selectFrom('inbox_journal').selectAll().execute();
  const ids = (events: StoredEvent[]) =>
    events.filter(({ kind }) => kind === 'message.exchange').map(({ data }) => data.id);
  const waiting = async (phone: Phone) => (await phone.devices())[0]?.waiting;

  it('keeps what has its receipt, until it can be reported', async () => {
    const { storage, fault, running, phone, ana, instance } = await setup();
    fault.begin('events');
    const sent = [await ana.send(phone.number, 'WhatsApp forgets this one')];
    await expect.poll(() => waiting(phone)).toBe(0);
    expect(await journal(storage)).toHaveLength(1);
    await expect.poll(() => fault.refused).toBeGreaterThan(0);
    sent.push(await ana.send(phone.number, 'and keeps this one'));
    fault.end();
    for (const id of sent) await running.event(instance.id, exchange(id));
    expect(ids(await running.eventsOf(instance.id)).slice(-2)).toEqual(sent);
    await expect.poll(() => journal(storage)).toEqual([]);
  });

  it('reports it once when the process dies between receipt and event', async () => {
    const { storage, fault, running, phone, ana, instance } = await setup();
    fault.begin('events');
    const id = await ana.send(phone.number, 'told to WhatsApp, and to nobody else');
    await expect.poll(() => waiting(phone)).toBe(0);
    expect(await journal(storage)).toHaveLength(1);
    fault.begin('all');

    const next = runInstances(storage, whatsapp.url, { seal: running.seal });
    cleanups.push(() => next.supervisor.stop());
    next.supervisor.start();
    await next.event(instance.id, exchange(id));
    await next.event(instance.id, state('connected'), 2);
    expect(await journal(storage)).toEqual([]);
    const after = await ana.send(phone.number, 'after');
    await next.event(instance.id, exchange(after));
    expect(ids(await next.eventsOf(instance.id)).slice(-2)).toEqual([id, after]);
    expect((await next.eventsOf(instance.id)).filter(undecryptable)).toEqual([]);
  });

  it('leaves with WhatsApp what cannot be written down', async () => {
    const { fault, running, phone, ana, instance } = await setup();
    fault.begin('inbox_journal', ['writes']);
    const before = fault.refused;
    const sent: string[] = [];
    for (let n = 0; n < 40; n++) sent.push(await ana.send(phone.number, `no ${n}`));
    await expect.poll(() => fault.refused).toBeGreaterThan(before + 1);
    expect(await waiting(phone)).toBe(40);
    expect(fault.refused - before, 'it reads no further').toBeLessThan(20);
    fault.end();
    for (const id of sent) await running.event(instance.id, exchange(id));
    expect(ids(await running.eventsOf(instance.id)).slice(-40)).toEqual(sent);
    await expect.poll(() => waiting(phone)).toBe(0);
  });

  it.each(['reads', 'writes'] as const)('does not take lost %s of keys for a bad message', async (kind) => {
    const { storage, fault, running, phone, instance } = await setup();
    // A new sender: the keys of the others are at hand.
    const bo = await whatsapp.newPhone('Bo');
    fault.begin('session_keys', [kind]);
    const sent = [await bo.send(phone.number, 'one'), await bo.send(phone.number, 'two')];
    const before = fault.refused;
    await expect.poll(() => fault.refused).toBeGreaterThan(before);
    fault.end();
    for (const id of sent) await running.event(instance.id, exchange(id));
    await running.event(instance.id, state('connected'), 2);
    await expect.poll(() => waiting(phone)).toBe(0);
    const events = await running.eventsOf(instance.id);
    expect(ids(events).slice(-2)).toEqual(sent);
    expect(events.filter(undecryptable)).toEqual([]);
    await expect.poll(() => journal(storage)).toEqual([]);
    // Both ends of the Signal session still fit together.
    await running.supervisor.session(instance.id).send({
      id: '3EB0BBBBBBBBBBBBBBBBBB',
      to: `${bo.number}@s.whatsapp.net`,
      content: wireMessage({ conversation: 'hi' }),
    });
    expect((await bo.sees('3EB0BBBBBBBBBBBBBBBBBB')).text).toBe('hi');
    await running.event(instance.id, exchange(await bo.send(phone.number, 'three')));
  });
});
