import { Group, type Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestDatabase } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const [{ open }] = databases as [TestDatabase];
const whatsApp = await startWhatsApp();

describe('POST /api/message/text/:instance', () => {
  let instance: LinkedInstance;
  let own: Phone;
  let ana: Phone;
  let bia: Phone;

  beforeAll(async () => {
    [own, ana, bia] = [
      await whatsApp.newPhone('Blue Store'),
      await whatsApp.newPhone('Ana'),
      await whatsApp.newPhone('Bia'),
    ];
    instance = await (await linkedGateway(await open(), whatsApp)).link(own);
  });

  const jidOf = ({ number }: Phone) => `${number}@s.whatsapp.net`;
  const send = async (number: string, body: object) =>
    (await instance.call('POST', '/api/message/text/:instance', { number, ...body })).body;
  const lidOf = async ({ number }: Phone): Promise<string> =>
    (await send(number, { message: 'Hi' })).data.chat.lid;
  const userOf = (jid: string) => jid.slice(0, jid.indexOf('@'));

  describe.each(['lid', 'pn'] as const)('in a group that names its members by %s', (addressing) => {
    let group: string;
    let wire: { ana: string; bia: string };

    beforeAll(async () => {
      const members = [ana.number, bia.number];
      const made = await Group.make(whatsApp.control, own.number, 'Dev Team', members, { addressing });
      group = made.jid;
      wire =
        addressing === 'pn'
          ? { ana: jidOf(ana), bia: jidOf(bia) }
          : { ana: await lidOf(ana), bia: await lidOf(bia) };
    });

    test('a mention is a tag in its text, and the answer keeps what the client wrote', async () => {
      const message = `Hi @${ana.number} and @${userOf(await lidOf(bia))}, not @5511`;
      const { data } = await send(group, { message, mention: [`+${ana.number}`, jidOf(bia), ana.number] });
      expect(data).toMatchObject({ content: message, mentions: [jidOf(ana), jidOf(bia)] });
      const shown = await ana.sees(data.messageId);
      expect(shown.text).toBe(`Hi @${userOf(wire.ana)} and @${userOf(wire.bia)}, not @5511`);
      expect(shown.mentions).toEqual([
        { jid: wire.ana, tagged: true },
        { jid: wire.bia, tagged: true },
      ]);
      const reported = await instance.exchange(data.messageId);
      expect(reported.data.message.content).toBe(message);
      expect(reported.data.mentions).toEqual({ mentionedUsers: [jidOf(ana), jidOf(bia)] });
    });

    test('without a tag it is hidden', async () => {
      const { data } = await send(group, { message: 'Hi', mention: [ana.number] });
      expect((await ana.sees(data.messageId)).mentions).toEqual([{ jid: wire.ana, tagged: false }]);
    });

    test('everyone is every participant', async () => {
      const { data } = await send(group, { message: 'Hi', mentionAll: true });
      expect(data.mentions.toSorted()).toEqual([jidOf(own), jidOf(ana), jidOf(bia)].toSorted());
      const { mentions = [] } = await ana.sees(data.messageId);
      expect(mentions).toHaveLength(3);
      expect(mentions).toContainEqual({ jid: wire.bia, tagged: false });
    });

    test('a quote and a reaction name the author as the group does', async () => {
      const question = await ana.send(group, 'Who?');
      await instance.exchange(question);
      const reply = await send(group, { message: 'I', replyTo: question });
      expect((await bia.sees(reply.data.messageId)).quoted).toMatchObject({ id: question, author: wire.ana });
      const reacted = await instance.call('POST', '/api/message/reaction/:instance', {
        number: group,
        messageId: question,
        reaction: '👍',
        participant: ana.number,
      });
      expect((await bia.sees(reacted.body.data.messageId)).reaction).toMatchObject({
        participant: wire.ana,
        fromMe: false,
      });
    });

    test('what is no user is refused', async () => {
      const { error } = await send(group, { message: 'Hi', mention: [ana.number, group] });
      expect(error.message).toBe(`Invalid mention: ${group}`);
    });
  });

  test('outside of groups mentions have no effect', async () => {
    const message = `Hi @${bia.number}`;
    const { data } = await send(ana.number, { message, mention: ['nonsense', bia.number], mentionAll: true });
    expect(data).not.toHaveProperty('mentions');
    expect(await ana.sees(data.messageId)).toMatchObject({ text: message });
  });

  test('a reaction goes to the chat of its message, whichever number is named', async () => {
    const question = await ana.send(own.number, 'Who?');
    await instance.exchange(question);
    const { body } = await instance.call('POST', '/api/message/reaction/:instance', {
      number: bia.number,
      messageId: question,
      reaction: '👍',
      fromMe: true,
    });
    expect(body.data.chat.jid).toBe(jidOf(ana));
    expect(await ana.sees(body.data.messageId)).toMatchObject({
      target: question,
      reaction: { fromMe: false },
    });
  });
});
