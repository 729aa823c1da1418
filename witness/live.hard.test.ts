import type { Group, Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkedWitness, WitnessStage } from './stage.ts';
import { whatsmeowIsHere } from './whatsmeow/program.ts';

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex').toString('base64');

describe.runIf(whatsmeowIsHere())('whatsmeow, live on the sandbox', { timeout: 60_000 }, () => {
  let stage: WitnessStage;
  let witness: LinkedWitness;
  let friend: Phone;
  let jids: { friend: { jid: string; lid: string }; self: { jid: string; lid: string } };
  beforeAll(async () => {
    stage = await WitnessStage.set();
    witness = await stage.link('Witness');
    friend = await stage.newPhone('Friend');
    jids = { friend: await stage.profile(friend), self: await stage.profile(witness.phone) };
  });
  afterAll(() => stage.close());
  const waiting = async () => (await witness.phone.devices())[0]?.waiting;

  describe('presence', () => {
    it('is shown to others, and taken away', async () => {
      await expect.poll(() => witness.client.store.pushName()).toBe('Witness');
      const available = async () => (await witness.phone.devices())[0]?.available;
      await witness.client.call('sendPresence', { presence: 'available' });
      await expect.poll(available).toBe(true);
      await witness.client.call('sendPresence', { presence: 'unavailable' });
      await expect.poll(available).toBe(false);
    });

    it.each(['lid', 'jid'] as const)('of a friend is seen, asked for by %s', async (address) => {
      const jid = jids.friend[address];
      await witness.client.call('sendPresence', { presence: 'available' });
      await witness.client.call('subscribePresence', { jid });
      const seen = (presence: string) =>
        witness.client.expect(
          'presence',
          `that the friend is ${presence}`,
          (data) => data.jid === jid && data.presence === presence,
        );
      await friend.act('presence', { available: true });
      await seen('available');
      await friend.act('presence', { available: false });
      expect((await seen('unavailable')).data.lastSeen).toBeGreaterThan(1_700_000_000);
    });

    it('while typing goes both ways', async () => {
      await witness.client.call('sendPresence', { presence: 'available' });
      await friend.act('presence', { available: true });
      await friend.act('typing', { to: witness.phone.number });
      await witness.client.expect(
        'chat_presence',
        'that the friend types',
        (data) => data.state === 'composing',
      );
      await witness.client.call('sendChatPresence', {
        jid: jids.friend.lid,
        presence: 'composing',
        media: '',
      });
      await expect
        .poll(async () => Object.values((await stage.profile(friend)).chatStates))
        .toEqual(['composing']);
    });

    it('makes the ticks of a friend two, without the message being read', async () => {
      await witness.client.call('sendPresence', { presence: 'available' });
      const id = await friend.send(witness.phone.number, 'two ticks');
      await expect
        .poll(async () => {
          const { control } = stage.sandbox;
          const answer = await fetch(`${control}/phones/${friend.number}/sent/${id}`);
          return ((await answer.json()) as { receipts: Record<string, string> }).receipts;
        })
        .toEqual({ [witness.phone.number]: 'delivered' });
    });
  });

  describe('a call', () => {
    it('rings and ends, and nothing of it waits any more', async () => {
      const callId = await friend.call(witness.phone.number);
      const isIt = (data: { callId: string }) => data.callId === callId;
      const { data } = await witness.client.expect('call:offer', 'the call', isIt);
      expect([jids.friend.lid, jids.friend.jid]).toContain(data.from);
      await friend.act('hangup', { callId });
      await witness.client.expect('call:terminate', 'the end of the call', isIt);
      await expect.poll(waiting).toBe(0);
    });

    it('is rejected', async () => {
      const callId = await friend.call(witness.phone.number);
      const { data } = await witness.client.expect(
        'call:offer',
        'the call',
        (offer) => offer.callId === callId,
      );
      await witness.client.call('rejectCall', { from: data.from, callId });
      await expect
        .poll(async () => (await friend.calls()).find(({ id }) => id === callId)?.state)
        .toBe('rejected');
    });
  });

  describe('a group', () => {
    let group: Group;
    it('is joined by being added, and its members are known', async () => {
      group = await stage.group(friend, 'Together', [witness.phone]);
      await witness.client.expect('group:joined', 'the group', (data) => data.jid === group.jid);
      const info = await witness.client.call<{ name: string; participants: { jid: string }[] }>(
        'getGroupInfo',
        {
          jid: group.jid,
        },
      );
      expect(info.name).toBe('Together');
      expect(info.participants.map(({ jid }) => jid).sort()).toEqual([jids.friend.lid, jids.self.lid].sort());
      const joined = await witness.client.call<{ jid: string }[]>('getJoinedGroups');
      expect(joined.map(({ jid }) => jid)).toContain(group.jid);
    });

    it('changes its name, description and rules', async () => {
      await group.act('subject', { subject: 'Renamed' });
      await witness.client.expect('group:info', 'the name', (data) => data.name === 'Renamed');
      await group.act('description', { description: 'about us' });
      await witness.client.expect('group:info', 'the description', (data) => data.description === 'about us');
      await group.act('rules', { announce: true });
      await witness.client.expect('group:info', 'the rule', (data) => data.announce === true);
      await group.act('promote', { numbers: [witness.phone.number] });
      await witness.client.expect('group:info', 'the admin', (data) => data.promote?.includes(jids.self.lid));
    });

    it('is changed by whatsmeow', async () => {
      await witness.client.call('setGroupName', { jid: group.jid, name: 'By the witness' });
      await witness.client.call('setGroupTopic', { jid: group.jid, topic: 'By it, too' });
      await witness.client.call('setGroupAnnounce', { jid: group.jid, announce: false });
      await witness.client.call('setGroupLocked', { jid: group.jid, locked: true });
      expect(await group.state()).toMatchObject({
        subject: 'By the witness',
        description: 'By it, too',
        announce: false,
        locked: true,
      });
      const { link } = await witness.client.call<{ link: string }>('getGroupInviteLink', { jid: group.jid });
      expect(link).toContain((await group.state()).inviteCode);
    });

    it('is made by whatsmeow', async () => {
      const made = await witness.client.call<{ jid: string }>('createGroup', {
        name: 'Made by the witness',
        participants: [jids.friend.jid],
      });
      const answer = await fetch(`${stage.sandbox.control}/groups/${made.jid}`);
      expect(await answer.json()).toMatchObject({
        subject: 'Made by the witness',
        participants: { length: 2 },
      });
    });
  });

  describe('a question to the server', () => {
    it('who is on WhatsApp is answered for numbers', async () => {
      const found = await witness.client.call('isOnWhatsApp', {
        phones: [`+${friend.number}`, '+5511000000000'],
      });
      expect(found).toEqual([
        { query: `+${friend.number}`, isIn: true, jid: jids.friend.jid },
        expect.objectContaining({ query: '+5511000000000', isIn: false }),
      ]);
    });

    it('what is known of a person is answered', async () => {
      await friend.act('about', { text: 'busy' });
      const { id } = (await friend.act('picture', { picture: JPEG })) as { id: string };
      const info = await witness.client.call<Record<string, object>>('getUserInfo', {
        jids: [jids.friend.jid],
      });
      expect(info[jids.friend.jid]).toMatchObject({ status: 'busy', pictureID: String(id) });
    });

    it('which devices a person has is answered', async () => {
      expect(await witness.client.call('getUserDevices', { jids: [jids.friend.jid] })).toEqual([
        jids.friend.jid,
      ]);
    });

    it('which picture a person has is answered', async () => {
      const { id } = (await friend.act('picture', { picture: JPEG })) as { id: string };
      const found = await witness.client.call('getProfilePicture', { jid: jids.friend.jid });
      expect(found).toMatchObject({ id: String(id) });
    });

    it.each([
      ['getPrivacySettings', {}],
      ['getStatusPrivacy', {}],
      ['getBlocklist', {}],
      ['getContactQRLink', { revoke: false }],
      ['getSubscribedNewsletters', {}],
      ['getBotListV2', {}],
    ])('of the kind %s is answered', async (cmd, args) => {
      await witness.client.call(cmd, args);
    });

    it('what a business says of itself is answered', async () => {
      const shop = await stage.newPhone('Shop', { business: true });
      const { jid } = await stage.profile(shop);
      expect(await witness.client.call('getBusinessProfile', { jid })).toMatchObject({ jid });
    });
  });

  it('acknowledges everything that reaches it', async () => {
    await expect.poll(waiting).toBe(0);
  });
});
