import type { Group } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whatsmeowIsHere } from '../whatsmeow/program.ts';
import { GatewayStage } from './stage.ts';

const WAITING = 130;
const DAY_SECONDS = 86_400;

describe.runIf(whatsmeowIsHere())('gateway and whatsmeow, live on one sandbox', { timeout: 60_000 }, () => {
  let stage: GatewayStage;
  let group: Group;
  beforeAll(async () => {
    stage = await GatewayStage.set();
    group = await stage.witnesses.group(stage.witness.phone, 'Together', [stage.instance.phone]);
  });
  afterAll(() => stage?.close());

  const witness = () => stage.witness.client;
  const number = () => stage.witness.phone.number;
  const sendText = async (to: string, message: string): Promise<string> =>
    (await stage.call('POST', '/api/message/text/:instance', { number: to, message })).body.data.messageId;
  const flow = (type: string) =>
    stage.events.expect(
      `the group's ${type}`,
      ({ event, data }) => event === 'group.flow' && data.groupJid === group.jid && data.type === type,
    );

  it('typing in the gateway is seen by whatsmeow', async () => {
    await expect.poll(() => witness().store.pushName()).toBe('Witness');
    await witness().call('sendPresence', { presence: 'available' });
    await stage.call('POST', '/api/chat/presence/:instance', {
      number: number(),
      state: 'typing',
      duration: 5,
    });
    await witness().expect('chat_presence', 'that the gateway types', ({ state }) => state === 'composing');
    await stage.call('POST', '/api/chat/presence/:instance', { number: number(), state: 'pause' });
    await witness().expect('chat_presence', 'that it stopped', ({ state }) => state === 'paused');
  });

  it('a call that the API places rings at whatsmeow, and ends', async () => {
    const { body } = await stage.call('POST', '/api/call/fake/:instance', { number: number(), duration: 1 });
    const isIt = ({ callId }: { callId: string }) => callId === body.callId;
    await witness().expect('call:offer', 'the call', isIt);
    await witness().expect('call:terminate', 'the end of the call', isIt);
  });

  it('a call that whatsmeow rejects is reported as rejected', async () => {
    const { body } = await stage.call('POST', '/api/call/fake/:instance', { number: number(), duration: 30 });
    const { data } = await witness().expect('call:offer', 'the call', ({ callId }) => callId === body.callId);
    await witness().call('rejectCall', { from: data.from, callId: body.callId });
    await stage.events.expect(
      'the rejection',
      (event) =>
        event.event === 'call.update' && event.data.callId === body.callId && event.data.type === 'rejected',
    );
  });

  it('what whatsmeow changes in a group is reported', async () => {
    await witness().call('setGroupName', { jid: group.jid, name: 'Renamed' });
    expect((await flow('name')).data).toMatchObject({
      value: 'Renamed',
      actor: { lid: stage.addresses.witness.lid },
    });
    await witness().call('setGroupTopic', { jid: group.jid, topic: 'About us' });
    expect((await flow('topic')).data.value).toBe('About us');
    await witness().call('setGroupAnnounce', { jid: group.jid, announce: true });
    expect((await flow('announce')).data.value).toBe(true);
    await witness().call('setGroupAnnounce', { jid: group.jid, announce: false });
    const { lid } = stage.addresses.instance;
    await witness().call('updateGroupParticipants', {
      jid: group.jid,
      participants: [lid],
      action: 'promote',
    });
    expect((await flow('promoted')).data.participants).toMatchObject([{ lid }]);
  });

  it('what the gateway changes in a group is seen by whatsmeow', async () => {
    await stage.call('PUT', '/api/group/update/:instance', { identifier: group.jid, name: 'By the gateway' });
    await witness().expect('group:info', 'the name', ({ name }) => name === 'By the gateway');
  });

  describe('with disappearing messages on', () => {
    it('a group reports its timer, and what whatsmeow writes with it is read', async () => {
      await witness().call('setDisappearingTimer', { jid: group.jid, seconds: DAY_SECONDS });
      expect((await flow('ephemeral')).data.value).toBe(DAY_SECONDS);
      const contextInfo = { expiration: DAY_SECONDS };
      const own = await witness().send(group.jid, { extendedTextMessage: { text: 'This too', contextInfo } });
      expect((await stage.exchange(own)).data.message).toMatchObject({ type: 'text', content: 'This too' });
    });

    it('what whatsmeow writes in a private chat with a timer is read', async () => {
      const { lid } = stage.addresses.instance;
      await witness().call('setDisappearingTimer', { jid: lid, seconds: DAY_SECONDS });
      const contextInfo = { expiration: DAY_SECONDS };
      const own = await witness().send(lid, { extendedTextMessage: { text: 'Gone tomorrow', contextInfo } });
      expect((await stage.exchange(own)).data.message).toMatchObject({
        type: 'text',
        content: 'Gone tomorrow',
      });
    });
  });

  it('what whatsmeow wrote while the gateway was stopped is reported, each message once', async () => {
    const { lid } = stage.addresses.instance;
    const ids: string[] = [];
    await stage.whileStopped(async () => {
      for (let n = 0; n < WAITING; n++) {
        const to = n % 2 === 0 ? lid : group.jid;
        ids.push(await witness().send(to, { conversation: `waiting ${n}` }));
      }
    });
    for (const id of ids) await stage.exchange(id);
    const reported = stage.events.all().filter(({ data }) => ids.includes(data.id));
    expect(reported.map(({ data }) => data.id).sort()).toEqual(ids.toSorted());
  });

  it('what the API sent while whatsmeow was away reaches it, each message once', async () => {
    await expect.poll(async () => (await stage.witness.phone.devices())[0]?.waiting).toBe(0);
    await witness().stop();
    const ids: string[] = [];
    for (let n = 0; n < WAITING; n++)
      ids.push(await sendText(n % 2 === 0 ? number() : group.jid, `waiting ${n}`));
    await witness().logInAgain();
    for (const id of ids) await witness().message(id);
    const got = witness()
      .events('message')
      .map(({ data }) => data.info.id);
    expect(new Set(got)).toEqual(new Set(ids));
  });

  it('a device that is linked later reads and writes as the first one does', async () => {
    const second = await stage.witnesses.client();
    await second.linkByQr(stage.witness.phone);
    const id = await sendText(number(), 'To both');
    expect(JSON.stringify((await second.message(id)).message)).toContain('To both');
    await witness().message(id);
    const own = await second.send(stage.addresses.instance.lid, { conversation: 'From the second' });
    expect((await stage.exchange(own)).data).toMatchObject({
      direction: 'incoming',
      sender: { lid: stage.addresses.witness.lid },
      message: { content: 'From the second' },
    });
  });
});
