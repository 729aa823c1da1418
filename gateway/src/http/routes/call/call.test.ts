import { type Group, Group as Groups, type Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { newNumber, startWhatsApp } from '../../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();
const FAKE = '/api/call/fake/:instance';
const AUDIO = '/api/call/audio/:instance';

describe.each(databases)('calls on $name', ({ open }) => {
  let gateway: LinkedGateway;
  let instance: LinkedInstance;
  let own: Phone;
  let ana: Phone;

  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    [own, ana] = [await whatsApp.newPhone('Own'), await whatsApp.newPhone('Ana')];
    instance = await gateway.link(own);
  });

  const update = async (callId: string, type: string) => {
    const event = await instance.events.expect(
      `the call ${callId} to be ${type}`,
      ({ event, data }) => event === 'call.update' && data.callId === callId && data.type === type,
    );
    return event.data;
  };
  const anaView = () => ({ jid: `${ana.number}@s.whatsapp.net`, lid: expect.stringMatching(/@lid$/) });
  const settings = (fields: object) => instance.call('POST', '/api/instance/settings/:instance', fields);

  describe('POST /api/call/fake/:instance', () => {
    test('rings, and hangs up by itself', async () => {
      const { status, body } = await instance.call('POST', FAKE, { number: ana.number, duration: 1 });
      expect([status, body]).toEqual([
        200,
        {
          success: true,
          message: 'Call placed successfully',
          callId: expect.stringMatching(/^[0-9A-F]{32}$/),
          number: ana.number,
          duration: 1,
        },
      ]);
      const ended = await update(body.callId, 'terminated');
      expect(ended).toMatchObject({ direction: 'outgoing', chat: anaView(), isVideo: false, reason: null });
      expect(ended.from.jid).toBe(`${own.number}@s.whatsapp.net`);
      const [call] = (await ana.calls()).filter(({ id }) => id === body.callId);
      expect(call).toMatchObject({ with: own.number, state: 'ended' });
    });

    test('ends at once when it is answered, and when it is rejected', async () => {
      const place = async () =>
        (await instance.call('POST', FAKE, { number: ana.number, duration: 60 })).body.callId;
      const [answered, rejected] = [await place(), await place()];
      await expect.poll(async () => (await ana.calls()).map(({ id }) => id)).toContain(rejected);
      await ana.act('answer', { callId: answered });
      await ana.act('reject', { callId: rejected });
      expect(await update(answered, 'accepted')).toMatchObject({ direction: 'outgoing', chat: anaView() });
      await update(answered, 'terminated');
      expect(await update(rejected, 'rejected')).toMatchObject({ direction: 'outgoing', reason: null });
    });

    test.each<[object, string]>([
      [{}, 'Number is required'],
      [{ number: '' }, 'Number is required'],
      [{ number: 5 }, 'Invalid request body: number must be a string'],
      [{ number: '1', duration: 61 }, 'Duration must be between 1 and 60 seconds'],
      [{ number: '1', duration: -1 }, 'Duration must be between 1 and 60 seconds'],
      [{ number: '1', duration: '8' }, 'Invalid request body: duration must be an integer'],
      [{ number: '123' }, 'Invalid number: 123'],
      [{ number: '123456789012345@lid' }, 'Invalid number: 123456789012345@lid'],
      [{ number: '120363406289005073@g.us' }, 'Invalid number: 120363406289005073@g.us'],
      [{ number: newNumber() }, 'Number is not registered on WhatsApp'],
    ])('%j is 400 %s', async (body, message) => {
      const answer = await instance.call('POST', FAKE, body);
      expect(answer).toMatchObject({ status: 400, body: { success: false, error: { message } } });
    });

    test.each([null, 0, undefined])('a duration of %s is eight seconds', async (duration) => {
      const { body } = await instance.call('POST', FAKE, { number: ana.number, duration });
      expect(body.duration).toBe(8);
    });
  });

  describe('POST /api/call/audio/:instance', () => {
    const media = { mediaUrl: 'https://example.com/a.mp3' };
    test.each<[object, number, string]>([
      [{ number: '5511999999999', ...media }, 501, 'Audio calls are not supported by this server'],
      [media, 400, 'Number is required'],
      [{ number: '5511999999999' }, 400, 'Exactly one of mediaUrl or mediaBase64 is required'],
      [{ number: '1@g.us', ...media }, 400, 'Invalid number: 1@g.us'],
      [
        { number: '5511999999999', ...media, mediaBase64: 'AAAA' },
        400,
        'Exactly one of mediaUrl or mediaBase64 is required',
      ],
    ])('%j is %i %s', async (body, status, message) => {
      const answer = await instance.call('POST', AUDIO, body);
      expect(answer).toMatchObject({ status, body: { success: false, error: { message } } });
    });

    test.each([FAKE, AUDIO])('%s needs a connection, and an instance', async (path) => {
      await gateway.call('POST', '/api/instance/new', instance.account, { name: 'offline' });
      const body = { number: ana.number, ...(path === AUDIO && media) };
      const ask = (name: string) =>
        gateway.call('POST', path.replace(':instance', name), instance.account, body);
      expect(await ask('offline')).toMatchObject({
        status: 503,
        body: { error: { message: 'Instance is not connected to WhatsApp' } },
      });
      expect(await ask('nowhere')).toMatchObject({
        status: 404,
        body: { error: { message: 'instance not found' } },
      });
    });
  });

  describe('an incoming call', () => {
    test('is reported with every key, from its offer to its end', async () => {
      const callId = await ana.call(own.number, { video: true });
      expect(await update(callId, 'offer')).toEqual({
        type: 'offer',
        callId,
        direction: 'incoming',
        from: { ...anaView(), name: expect.any(String) },
        chat: { ...anaView(), name: expect.any(String), type: 'private' },
        isVideo: true,
        isGroup: false,
        groupJid: null,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        reason: null,
        latencyMs: null,
      });
      await ana.act('latency', { callId, ms: 42 });
      expect(await update(callId, 'latency')).toMatchObject({ latencyMs: 42, isVideo: true });
      await ana.act('hangup', { callId, reason: 'timeout' });
      expect(await update(callId, 'terminated')).toMatchObject({ reason: 'timeout', isVideo: true });
    });

    test('that the phone takes or rejects is reported as what it is', async () => {
      const [taken, refused] = [await ana.call(own.number), await ana.call(own.number)];
      await expect.poll(async () => (await own.calls()).map(({ id }) => id)).toContain(refused);
      await own.act('answer', { callId: taken });
      await own.act('reject', { callId: refused });
      expect(await update(taken, 'accepted')).toMatchObject({ direction: 'incoming', from: anaView() });
      expect(await update(refused, 'rejected')).toMatchObject({ direction: 'incoming', reason: null });
    });

    test('in a group is a notification', async () => {
      const group: Group = await Groups.make(whatsApp.control, ana.number, 'Dev Team', [own.number]);
      const callId = await ana.call(group.jid);
      expect(await update(callId, 'notification')).toMatchObject({
        direction: 'incoming',
        from: anaView(),
        chat: { jid: group.jid, type: 'group' },
        isGroup: true,
        groupJid: group.jid,
      });
    });

    test('is rejected with a text where the settings want it, and group calls are not', async () => {
      await settings({ autoRejectCalls: true, callRejectMessage: 'I do not take calls here.' });
      const callId = await ana.call(own.number);
      expect(await update(callId, 'rejected')).toMatchObject({
        direction: 'incoming',
        reason: 'auto_reject',
      });
      const { data } = await instance.events.expect(
        'the text',
        ({ event, data }) =>
          event === 'message.exchange' && data.message.content === 'I do not take calls here.',
      );
      expect(data.message).toMatchObject({ direction: 'outgoing', source: 'auto_reject' });
      expect((await ana.sees(data.id)).text).toBe('I do not take calls here.');
      expect((await ana.calls()).find(({ id }) => id === callId)?.state).toBe('rejected');
      await settings({ autoRejectCalls: false });
    });
  });
});
