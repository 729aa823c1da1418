import { afterEach, describe, expect, it } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type ScriptedInstances, scriptInstances } from './testing/scripted-instances.ts';
import { closed } from './testing/scripted-link.ts';

const [sqlite] = databases;

describe('the lifecycle of an instance', () => {
  let running: ScriptedInstances;
  async function setup() {
    running = scriptInstances(await sqlite!.open());
    return running;
  }
  async function linked() {
    const scripted = await setup();
    const instance = await scripted.linked();
    expect(scripted.supervisor.live(instance).state).toBe('connected');
    return { ...scripted, instance };
  }
  afterEach(async () => {
    running.link.release(true);
    await running.settle();
    await running.supervisor.stop();
    expect(running.link.violations).toEqual([]);
  });

  it('loads and replays one device at a time, and only for the newest command', async () => {
    const { link, supervisor, settle, instance } = await linked();
    await supervisor.stop();
    const before = { ...link.begun };
    link.slowDown('load');
    link.slowDown('replay');
    const calls = [1, 2, 3].map(() => supervisor.reconnect(instance));
    const ended = Promise.allSettled(calls);
    await settle();
    link.release();
    await settle();
    link.release();
    await settle();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(link.begun.load - before.load).toBeLessThanOrEqual(2);
    expect(supervisor.live(instance).state).toBe('connected');
    expect(link.loaded(instance.id)).toBe(1);
  });

  it.each(['load', 'replay'] as const)(
    'retires a device that a command overtakes during its %s',
    async (step) => {
      const { link, supervisor, settle, instance } = await linked();
      await supervisor.stop();
      link.slowDown(step);
      const overtaken = supervisor.reconnect(instance).catch(() => 'overtaken');
      await settle();
      expect(link.waiting).toEqual([step]);
      const stopped = supervisor.stop();
      link.release();
      await stopped;
      expect(await overtaken).toBe('overtaken');
      expect(link.loaded(instance.id)).toBe(0);
      expect(link.connections.size).toBe(0);
    },
  );

  it.each(['load', 'replay'] as const)(
    'leaves nothing of the device when a logout overtakes the %s of a start',
    async (step) => {
      const { link, supervisor, settle, stored, pass, instance } = await linked();
      await supervisor.stop();
      link.slowDown(step);
      const reconnecting = supervisor.reconnect(instance).catch(() => 'overtaken');
      await settle();
      const loggedOut = supervisor.logout(instance);
      await pass(16);
      link.release();
      await loggedOut;
      await settle();
      expect(await reconnecting).toBe('overtaken');
      expect(await stored(instance.id)).toBe(0);
    },
  );

  it('stays stopped when a reconnect that read the instance before a logout comes after it', async () => {
    const { supervisor, instance, instanceOf, pass } = await linked();
    const loggedOut = supervisor.logout(instance);
    await pass(16);
    await loggedOut;
    await expect(supervisor.reconnect(instance)).rejects.toMatchObject({ code: 'session_missing' });
    expect(await instanceOf(instance.id)).toMatchObject({ desired: 'stopped', link: 'loggedout' });
  });

  it('lets calls after a scan wait for the session instead of throwing it away', async () => {
    const { link, supervisor, settle, addInstance, pairing, instanceOf } = await setup();
    const instance = await addInstance();
    await supervisor.connect(instance, {});
    link.slowDown('restart');
    link.slowDown('load');
    pairing(instance.id)?.scan();
    const calls = [supervisor.connect(instance, {})];
    await settle();
    calls.push(supervisor.connect(instance, {}), supervisor.connect(instance, { number: '5511999999999' }));
    link.release();
    await settle();
    expect(link.waiting).toEqual(['load']);
    calls.push(supervisor.connect(instance, {}), supervisor.connect(instance, { historyDays: 3 }));
    expect(supervisor.live(instance)).toMatchObject({ state: 'connecting', display: 'Connecting' });
    link.release();
    await settle();
    expect(await Promise.all(calls)).toEqual(calls.map(() => ({ status: 'connected' })));
    expect(supervisor.live(await instanceOf(instance.id)).state).toBe('connected');
  });

  it('keeps waiting after a scan while the first login is tried again, and fails when it is refused', async () => {
    const { link, supervisor, settle, addInstance, pairing, session, pass } = await setup();
    const instance = await addInstance();
    await supervisor.connect(instance, {});
    link.slowDown('restart');
    pairing(instance.id)?.scan();
    link.reachable = false;
    link.release();
    await settle();
    const first = supervisor.connect(instance, {});
    await pass(2);
    link.reachable = true;
    await pass(5);
    expect(await first).toEqual({ status: 'connected' });

    session(instance.id)?.end(closed('stream', 440));
    await settle();
    await supervisor.connect(instance, {});
    pairing(instance.id)?.scan();
    link.accepted.clear();
    const second = supervisor.connect(instance, {});
    const refused = expect(second).rejects.toMatchObject({ code: 'operation_failed' });
    await settle();
    await refused;
  });

  it('opens the session of a device that was paired also when WhatsApp does not end the connection', async () => {
    const { link, supervisor, settle, addInstance, pairing, pass } = await setup();
    const instance = await addInstance();
    await supervisor.connect(instance, {});
    link.slowDown('restart');
    pairing(instance.id)?.scan();
    await settle();
    await pass(21);
    expect(supervisor.live(instance).state).toBe('connected');
  });

  it('forgets a device whose pairing a logout overtakes', async () => {
    const { link, supervisor, settle, addInstance, pairing, stored, instanceOf } = await setup();
    const instance = await addInstance();
    await supervisor.connect(instance, {});
    pairing(instance.id)?.scan();
    await supervisor.logout(instance);
    await settle();
    expect(await stored(instance.id)).toBe(0);
    expect(await instanceOf(instance.id)).toMatchObject({ link: 'loggedout', desired: 'stopped' });
    expect(link.accepted.size, 'WhatsApp forgets it too').toBe(0);
  });

  it.each(['logged out', 'removed'])('is not started again by a comparison while it is %s', async (what) => {
    const { link, supervisor, settle, pass, instanceOf, instance } = await linked();
    supervisor.start();
    await settle();
    const before = link.begun.load;
    link.slowDown('close');
    const done = what === 'removed' ? supervisor.remove(instance) : supervisor.logout(instance);
    await pass(11);
    expect(await instanceOf(instance.id)).toMatchObject({ desired: 'stopped' });
    link.release();
    await done;
    await pass(11);
    expect(link.begun.load).toBe(before);
    expect(link.connections.size).toBe(0);
  });

  it('lets a pairing that is asked for during a logout wait until nothing of the old device is left', async () => {
    const { link, supervisor, settle, stored, pairing, instance } = await linked();
    link.slowDown('close');
    const loggedOut = supervisor.logout(instance);
    await settle();
    const answer = supervisor.connect(instance, {});
    await settle();
    expect(pairing(instance.id)).toBeUndefined();
    link.release();
    await loggedOut;
    expect(await answer).toMatchObject({ status: 'qr' });
    expect(await stored(instance.id)).toBe(0);
  });

  it('keeps no opening place while an earlier connection does not close', async () => {
    const { link, supervisor, settle, linked: link1 } = await setup();
    const stuck = [];
    for (let n = 0; n < 8; n++) stuck.push(await link1());
    link.slowDown('close', 8);
    const reconnecting = stuck.map((instance) => supervisor.reconnect(instance));
    await settle();
    expect(link.waiting).toEqual(stuck.map(() => 'close'));
    const ninth = await link1();
    expect(supervisor.live(ninth).state).toBe('connected');
    link.release();
    await Promise.all(reconnecting);
    await settle();
    for (const instance of stuck) expect(supervisor.live(instance).state).toBe('connected');
  });

  it('is compared with its desired state while another connection does not close', async () => {
    const { db, link, supervisor, settle, pass, linked: another, session, instance } = await linked();
    const other = await another();
    supervisor.start();
    link.slowDown('close');
    await db.updateTable('accounts').set({ suspended: 1 }).where('id', '=', instance.account_id).execute();
    await pass(6);
    expect(link.waiting).toEqual(['close']);
    session(other.id)?.end(closed('transport', 428));
    await settle();
    await db.updateTable('accounts').set({ suspended: 1 }).where('id', '=', other.account_id).execute();
    await pass(6);
    expect(supervisor.live(other).state).toBe('disconnected');
  });
});
