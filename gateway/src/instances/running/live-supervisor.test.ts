import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { InstanceRow } from '../../storage/schema.ts';
import { databases } from '../../storage/testing/databases.ts';
import { exchange, type RunningInstances, runInstances, state } from '../../testing/running-instances.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { wireMessage } from '../../whatsapp/wire.ts';
import type { LiveSupervisor } from './live-supervisor.ts';

const whatsapp = await startWhatsApp();

describe.each(databases)('supervisor on $name', ({ open }) => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function setup() {
    const storage = await open();
    const running = runInstances(storage, whatsapp.url);
    cleanups.push(storage.close, () => running.supervisor.stop());
    return { storage, running, instance: await running.addInstance() };
  }

  async function link(running: RunningInstances, instance: InstanceRow, phone: Phone) {
    const answer = await running.supervisor.connect(instance, {});
    if (answer.status !== 'qr') throw new Error('expected a QR');
    await phone.scan(answer.qrCode);
    await running.event(instance.id, state('connected'));
    return running.instanceOf(instance.id);
  }

  async function linked() {
    const { storage, running, instance } = await setup();
    const phone = await whatsapp.newPhone('Blue Store');
    return { storage, running, phone, instance: await link(running, instance, phone) };
  }

  it('links by QR and reports every step of it', async () => {
    const { running, instance, phone } = await linked();
    expect(running.supervisor.live(instance)).toMatchObject({ state: 'connected', display: 'Connected' });
    expect(instance).toMatchObject({
      link: 'linked',
      desired: 'running',
      number_jid: `${phone.number}@s.whatsapp.net`,
    });
    expect(instance.lid).toMatch(/^\d+@lid$/);
    expect(await running.states(instance.id)).toEqual(['qr_ready', 'pair_success', 'connected']);
  });

  it('links by pairing code', async () => {
    const { running, instance } = await setup();
    const phone = await whatsapp.newPhone();
    const answer = await running.supervisor.connect(instance, { number: phone.number });
    if (answer.status !== 'pairing') throw new Error('expected a pairing code');
    expect(answer.pairingCode).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    await phone.typeLinkCode(answer.pairingCode);
    await running.event(instance.id, state('connected'));
    expect((await running.instanceOf(instance.id)).number_jid).toBe(`${phone.number}@s.whatsapp.net`);
  });

  it('gives parallel calls one attempt and one QR', async () => {
    const { running, instance } = await setup();
    const answers = await Promise.all([1, 2, 3].map(() => running.supervisor.connect(instance, {})));
    expect(new Set(answers.map((answer) => answer.status === 'qr' && answer.qrCode)).size).toBe(1);
    expect(running.supervisor.live(instance)).toMatchObject({
      state: 'connecting',
      display: 'Waiting for QR code',
    });
  });

  it('answers calls that come after the scan once the session is open, and starts no other attempt', async () => {
    const { running, instance } = await setup();
    const phone = await whatsapp.newPhone();
    const answer = await running.supervisor.connect(instance, {});
    if (answer.status !== 'qr') throw new Error('expected a QR');
    const paired = running.event(instance.id, state('pair_success'));
    await phone.scan(answer.qrCode);
    await paired;
    const calls = [{}, { historyDays: 3 }, { number: phone.number }].map((options) =>
      running.supervisor.connect(instance, options),
    );
    expect(await Promise.all(calls)).toEqual(calls.map(() => ({ status: 'connected' })));
    await running.event(instance.id, state('connected'));
    expect(await running.states(instance.id)).toEqual(['qr_ready', 'pair_success', 'connected']);
  });

  it('says that it is connected instead of connecting twice', async () => {
    const { running, instance } = await linked();
    expect(await running.supervisor.connect(instance, {})).toEqual({ status: 'connected' });
  });

  it('brings a linked instance back after a restart, without a code, with what came meanwhile', async () => {
    const { storage, running, instance, phone } = await linked();
    await running.supervisor.stop();
    const ana = await whatsapp.newPhone('Ana');
    const id = await ana.send(phone.number, 'while you were away');

    const restarted = runInstances(storage, whatsapp.url, { seal: running.seal });
    cleanups.push(() => restarted.supervisor.stop());
    restarted.supervisor.start();
    const event = await restarted.event(instance.id, exchange(id));
    expect(event.data.message).toMatchObject({
      type: 'text',
      content: 'while you were away',
      direction: 'incoming',
    });
    await restarted.event(instance.id, state('connected'), 2);
  });

  it('forgets the session when the phone unlinks it', async () => {
    const { storage, running, instance, phone } = await linked();
    await phone.unlink();
    const event = await running.event(instance.id, state('logged_out'));
    expect(event.data).toMatchObject({ reason: 'device_removed', code: 401 });
    const after = await running.instanceOf(instance.id);
    expect(after).toMatchObject({ link: 'loggedout', desired: 'stopped' });
    expect(running.supervisor.live(after)).toMatchObject({ state: 'loggedout', display: 'Logged out' });
    expect(await storage.db.selectFrom('session_keys').selectAll().execute()).toEqual([]);
    await expect(running.supervisor.reconnect(after)).rejects.toMatchObject({ code: 'session_missing' });
  });

  it('logs out on request, once, and can be linked again', async () => {
    const { storage, running, instance, phone } = await linked();
    await running.supervisor.logout(instance);
    const events = await running.eventsOf(instance.id);
    const logouts = events.filter(state('logged_out'));
    expect(logouts.map(({ data }) => data.reason)).toEqual(['requested']);
    expect(await storage.db.selectFrom('session_creds').selectAll().execute()).toEqual([]);
    const again = await link(running, await running.instanceOf(instance.id), phone);
    expect(again.link).toBe('linked');
  });

  it('opens a new socket on reconnect, and only one', async () => {
    const { running, instance } = await linked();
    const before = running.supervisor.session(instance.id);
    await running.supervisor.reconnect(instance);
    await running.event(instance.id, state('manual_reconnect'));
    await running.event(instance.id, state('connected'), 2);
    expect(running.supervisor.session(instance.id)).not.toBe(before);
  });

  it('comes back by itself when the connection breaks', async () => {
    const { running, instance, phone } = await linked();
    await phone.fault('disconnect');
    await running.event(instance.id, state('disconnected'));
    await running.event(instance.id, state('connected'), 2);
    expect(running.supervisor.live(instance).state).toBe('connected');
  });

  it('loses a connection, and not the process, to a frame that cannot be read', async () => {
    const { running, instance, phone } = await linked();
    const ana = await whatsapp.newPhone('Ana');
    // Baileys, with which the sandbox writes, takes such a name for a JID without a server.
    const group = { owner: ana.number, subject: 'me@', participants: [phone.number] };
    await fetch(`${whatsapp.control}/groups`, { method: 'POST', body: JSON.stringify(group) });
    const { data } = await running.event(instance.id, state('disconnected'));
    expect(data).toMatchObject({ reason: 'connection_lost' });
  });

  it('stops and does not fight when the session was opened elsewhere', async () => {
    const { running, instance, phone } = await linked();
    await phone.fault('stream-error', { code: 440 });
    await running.event(instance.id, state('stream_replaced'));
    const after = await running.instanceOf(instance.id);
    expect(after).toMatchObject({ desired: 'stopped', link: 'linked' });
    expect(running.supervisor.live(after).state).toBe('disconnected');
  });

  const connectFailed = (reason: string) => ({ details: { text: `Failed to connect: ${reason}` } });
  it.each<[string, object, (supervisor: LiveSupervisor, instance: InstanceRow) => Promise<unknown>]>([
    ['deleted', { code: 'instance_unknown' }, (supervisor, instance) => supervisor.remove(instance)],
    [
      'logged out',
      connectFailed('the instance was logged out'),
      (supervisor, instance) => supervisor.logout(instance),
    ],
    [
      'connected anew',
      connectFailed('another attempt was started'),
      (supervisor, instance) => supervisor.connect(instance, { historyDays: 1 }),
    ],
    ['closed down', connectFailed('the instance was stopped'), (supervisor) => supervisor.stop()],
  ])('fails a call that waits for a code when the instance is %s under it', async (_, failed, act) => {
    const { running, instance } = await setup();
    const answer = running.supervisor.connect(instance, { number: '5521999999999' });
    const ended = expect(answer).rejects.toMatchObject(failed);
    await act(running.supervisor, instance);
    await ended;
  });

  it('fails a reconnect in its own words when another one takes its place', async () => {
    const { running, instance } = await linked();
    const first = running.supervisor.reconnect(instance);
    const ended = expect(first).rejects.toMatchObject({
      details: { text: 'Failed to reconnect: a reconnect was started' },
    });
    await running.supervisor.reconnect(instance);
    await ended;
  });

  it('closes what belongs to a suspended account, and brings it back', async () => {
    const { storage, running, instance } = await linked();
    await storage.db.updateTable('accounts').set({ suspended: 1 }).execute();
    await running.supervisor.accountSuspended();
    expect(running.supervisor.live(instance).state).toBe('disconnected');
    await storage.db.updateTable('accounts').set({ suspended: 0 }).execute();
    await running.supervisor.accountResumed();
    expect(running.supervisor.live(instance).state).toBe('connecting');
  });

  it('ends a send that waits for its acknowledgement when the instance is logged out under it', async () => {
    const { running, instance, phone } = await linked();
    const ana = await whatsapp.newPhone('Ana');
    await phone.fault('drop-acks');
    const id = '3EB0BBBBBBBBBBBBBBBBBB';
    const sending = running.supervisor.session(instance.id).send({
      id,
      to: `${ana.number}@s.whatsapp.net`,
      content: wireMessage({ conversation: 'did it leave?' }),
    });
    const ended = expect(sending).rejects.toMatchObject({ reason: { kind: 'unacknowledged' } });
    await ana.sees(id);
    await running.supervisor.logout(instance);
    await ended;
    expect(() => running.supervisor.session(instance.id)).toThrow('instance_not_connected');
  });

  it('sends and receives', async () => {
    const { running, instance, phone } = await linked();
    const ana = await whatsapp.newPhone('Ana');
    const session = running.supervisor.session(instance.id);
    await session.send({
      id: '3EB0AAAAAAAAAAAAAAAAAA',
      to: `${ana.number}@s.whatsapp.net`,
      content: wireMessage({ conversation: 'hi' }),
    });
    expect((await ana.sees('3EB0AAAAAAAAAAAAAAAAAA')).text).toBe('hi');
    const id = await ana.send(phone.number, 'hello');
    expect((await running.event(instance.id, exchange(id))).data.sender.name).toBe('Ana');
  });
});
