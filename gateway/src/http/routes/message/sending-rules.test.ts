import { Group, type Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { newNumber, startWhatsApp } from '../../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();
const PATH = '/api/message/text/:instance';

describe.each(databases)('what all sending routes have in common ($name)', ({ open }) => {
  let instance: LinkedInstance;
  let ana: Phone;
  let group: string;
  let groupOwn: string;

  beforeAll(async () => {
    const own = await whatsApp.newPhone('Blue Store');
    ana = await whatsApp.newPhone('Ana');
    instance = await (await linkedGateway(await open(), whatsApp)).link(own);
    group = (await Group.make(whatsApp.control, own.number, 'Dev Team', [ana.number])).jid;
    groupOwn = (await instance.call('POST', PATH, { number: group, message: 'Hi' })).body.data.messageId;
  });

  describe('POST /api/message/text/:instance', () => {
    /** The longest delay: what is refused is refused without waiting for it. */
    const late = { message: 'Hi', delay: 60 };
    const unknown = { replyTo: 'NOTHING' };
    const UNREGISTERED = 'Number is not registered on WhatsApp';
    const STRANGER = 'Group not found or you are not a member of this group';
    const NO_QUOTE = 'Message to reply to not found';

    test.each<[string, () => object, number, string]>([
      ['the recipient comes first', () => ({ ...unknown, number: newNumber() }), 400, UNREGISTERED],
      [
        'a group of others',
        () => ({ ...unknown, number: '120363000000000000@g.us', mention: ['x'] }),
        404,
        STRANGER,
      ],
      ['then the quote', () => ({ ...unknown, number: group, mention: ['x'] }), 404, NO_QUOTE],
      ['then the mentions', () => ({ number: group, mention: ['x'] }), 400, 'Invalid mention: x'],
      [
        'an own message is not answered privately',
        () => ({ number: group, replyTo: groupOwn, replyPrivate: true }),
        400,
        'Cannot reply privately to your own message',
      ],
      ['a hostile quote', () => ({ number: ana.number, replyTo: 'a\0\ud800' }), 404, NO_QUOTE],
    ])('%s', async (_, fields, status, message) => {
      const answer = await instance.call('POST', PATH, { ...late, ...fields() });
      expect([answer.status, answer.body]).toEqual([status, { success: false, error: { message } }]);
      expect(answer.headers.has('x-message-id')).toBe(false);
    });

    test('a message to oneself arrives, and spoils none that follows', async () => {
      for (const to of [instance.phone, ana, instance.phone]) {
        const answer = await instance.call('POST', PATH, { number: to.number, message: 'Note' });
        expect(answer.status).toBe(200);
        expect(await to.sees(answer.body.data.messageId)).toMatchObject({ text: 'Note' });
      }
    });

    test.each([
      [463, 403, 'WhatsApp refused the message (code 463): this account may not start new chats for now'],
      [479, 500, 'WhatsApp refused the message (code 479)'],
    ])('a refusal with %i is %i and names the id', async (code, status, message) => {
      await instance.phone.fault('ack-error', { code, count: 1 });
      const answer = await instance.call('POST', PATH, { number: ana.number, message: 'Hi' });
      expect([answer.status, answer.body.error.message]).toEqual([status, message]);
      const id = answer.headers.get('x-message-id');
      const failed = await instance.events.expect(
        'the failure',
        ({ event, data }) => event === 'message.status' && data.messageIds.includes(id),
      );
      expect(failed.data).toMatchObject({ status: 'failed', error: { code } });
    });

    test('while new chats are locked, strangers are not tried, and known people are written to', async () => {
      const bia = await whatsApp.newPhone('Bia');
      const write = (number: string) => instance.call('POST', PATH, { number, message: 'Hi' });
      await write(ana.number);
      await instance.phone.fault('new-chat-lock', { seconds: 600 });
      // The first attempts may be ahead of WhatsApp's word; what they leave is no chat yet.
      let refused = await write(bia.number);
      while (refused.headers.has('x-message-id')) refused = await write(bia.number);
      expect([refused.status, refused.body.error.message]).toEqual([
        403,
        'WhatsApp refused the message (code 463): this account may not start new chats for now',
      ]);
      expect((await write(ana.number)).status).toBe(200);
      expect((await write(group)).status).toBe(200);
      await instance.phone.fault('new-chat-lock', { seconds: 0 });
      while ((await write(bia.number)).status !== 200);
      expect(await bia.inbox()).toHaveLength(1);
    });

    test('a connection that breaks after the hand-over is 504 and names the id', async () => {
      await instance.phone.fault('drop-acks', { count: 1 });
      const message = `Lost ${crypto.randomUUID()}`;
      const answering = instance.call('POST', PATH, { number: ana.number, message });
      for (let after = 0, seen = false; !seen; ) {
        const messages = await ana.inbox(after, 10_000);
        seen = messages.some(({ text }) => text === message);
        after = messages.at(-1)?.seq ?? after;
      }
      await instance.phone.fault('disconnect');
      const { status, body, headers } = await answering;
      expect([status, body.error.message]).toEqual([504, 'WhatsApp did not acknowledge the message in time']);
      expect(headers.get('x-message-id')).toMatch(/^3EB0/);
    });
  });
});
