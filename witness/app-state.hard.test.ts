import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedWitness, WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';

const COLLECTIONS = [
  'critical_block',
  'critical_unblock_low',
  'regular_high',
  'regular',
  'regular_low',
] as const;
/** A snapshot takes the place of the patches after so many of them. */
const PATCHES_TO_A_SNAPSHOT = 20;

describe.runIf(whatsmeowIsHere())('the shared state, read by whatsmeow', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  let witness: LinkedWitness;
  let friend: Phone;
  let jids: { jid: string; lid: string };
  beforeAll(async () => {
    stage = await WitnessStage.set();
    witness = await stage.link('Witness', { business: true });
    friend = await stage.newPhone('Friend');
    jids = await stage.profile(friend);
  });
  afterAll(() => stage.close());

  const change = (action: string, details: object = {}) =>
    witness.phone.act(action, { chat: friend.number, ...details });

  it('says which chats are archived, pinned and muted', async () => {
    const until = 2_000_000_000_000;
    await change('archive');
    await change('pin');
    await change('mute', { until });
    await expect
      .poll(() => witness.client.store.chat(jids.lid))
      .toEqual({ archived: true, pinned: true, mutedUntil: until / 1000 });
    await change('archive', { archive: false });
    await change('pin', { pin: false });
    await change('mute');
    await expect
      .poll(() => witness.client.store.chat(jids.lid))
      .toEqual({ archived: false, pinned: false, mutedUntil: 0 });
  });

  it('says how a person was saved', async () => {
    await witness.phone.act('contact', { number: friend.number, fullName: 'My best friend' });
    await expect.poll(() => witness.client.store.contact(jids.jid)?.fullName).toBe('My best friend');
  });

  it('says how the account is called from now on', async () => {
    await witness.phone.act('name', { name: 'Renamed' });
    await expect.poll(() => witness.client.store.pushName()).toBe('Renamed');
  });

  it('is read in every collection up to its last version', async () => {
    const { number } = friend;
    await witness.phone.act('label', { id: '1', name: 'Customers' });
    await witness.phone.act('label-chat', { label: '1', chat: number });
    const id = await friend.send(witness.phone.number, 'a star');
    await witness.client.message(id);
    await change('star', { id });
    await change('mark-chat-read');
    const expected = async () =>
      Object.fromEntries(
        Object.entries((await witness.phone.appState()).collections).map(([name, { version }]) => [
          name,
          version,
        ]),
      );
    const wanted = await expected();
    expect(Object.keys(wanted).sort()).toEqual([...COLLECTIONS].sort());
    await expect.poll(() => witness.client.store.appStateVersions()).toEqual(wanted);
  });

  it.each(COLLECTIONS)('is read from the beginning, with every MAC right: %s', async (name) => {
    await witness.client.call('fetchAppState', { name, fullSync: true });
    const { version } = (await witness.phone.appState()).collections[name] ?? {};
    expect(witness.client.store.appStateVersions()[name]).toBe(version);
  });

  it('is read from a snapshot by a device that is linked later', async () => {
    const phone = await stage.newPhone('Busy');
    const person = (n: number) => `55117${90_000_000 + n}`;
    for (let n = 0; n <= PATCHES_TO_A_SNAPSHOT; n++)
      await phone.act('contact', { number: person(n), fullName: `Person ${n}` });
    await phone.act('archive', { chat: friend.number });
    const client = await stage.client();
    await client.linkByQr(phone);
    const nameOf = (n: number) => client.store.contact(`${person(n)}@s.whatsapp.net`)?.fullName;
    // The first is in the snapshot, the last in the patch after it.
    await expect.poll(() => nameOf(0)).toBe('Person 0');
    await expect.poll(() => nameOf(PATCHES_TO_A_SNAPSHOT)).toBe(`Person ${PATCHES_TO_A_SNAPSHOT}`);
    await expect.poll(() => client.store.chat(jids.lid)?.archived).toBe(true);
  });

  it('is read with a fresh key', async () => {
    await witness.phone.act('rotate-key', {});
    await change('pin');
    await expect.poll(() => witness.client.store.chat(jids.lid)?.pinned).toBe(true);
  });
});
