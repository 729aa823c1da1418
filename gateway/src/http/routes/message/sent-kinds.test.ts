import { Group, Newsletter } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { linkedGateway } from '../../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';
import { button } from './testing/sent/button.ts';
import { carousel } from './testing/sent/carousel.ts';
import { contact } from './testing/sent/contact.ts';
import { event } from './testing/sent/event.ts';
import { form } from './testing/sent/form.ts';
import { list } from './testing/sent/list.ts';
import { location } from './testing/sent/location.ts';
import { pix } from './testing/sent/pix.ts';
import { poll } from './testing/sent/poll.ts';
import { reaction } from './testing/sent/reaction.ts';
import type { SentCase, SentKind, SentWorld } from './testing/sent/table.ts';
import { text } from './testing/sent/text.ts';

const kinds: SentKind[] = [text, location, contact, reaction, poll, carousel, button, list, form, pix, event];
const whatsApp = await startWhatsApp();

describe.each(databases)('what is sent is what the phone shows ($name)', ({ open }) => {
  let storage: TestStorage;
  let world: SentWorld;

  beforeAll(async () => {
    storage = await open();
    const gateway = await linkedGateway(storage, whatsApp);
    const [store, ana, bia] = [
      await whatsApp.newPhone('Blue Store'),
      await whatsApp.newPhone('Ana'),
      await whatsApp.newPhone('Bia'),
    ];
    const instance = await gateway.link(store);
    const group = await Group.make(whatsApp.control, ana.number, 'Dev Team', [store.number, bia.number]);
    const channel = await Newsletter.make(whatsApp.control, store.number, 'Product news');
    await channel.follow(ana.number);
    const reported = async (id: string) => {
      await instance.exchange(id);
      return id;
    };
    const send = async (number: string) => {
      const { body } = await instance.call('POST', '/api/message/text/:instance', { number, message: 'I' });
      return body.data.messageId as string;
    };
    const question = await reported(await ana.send(store.number, 'Who?'));
    const groupQuestion = await reported(await ana.send(group.jid, 'Which of you?'));
    const own = await send(ana.number);
    const groupOwn = await send(group.jid);
    world = { instance, ana, bia, group, channel, question, groupQuestion, own, groupOwn };
  });

  /** Sends, and gives what was answered together with what Ana's phone shows. */
  async function sent({ path, number }: { path: string; number: string }, body: object) {
    const answer = await world.instance.call('POST', path, { number, ...body });
    expect(answer.body).toMatchObject({ success: true });
    expect(answer.headers.get('x-message-id')).toBe(answer.body.data.messageId);
    return { answer, shown: await world.ana.sees(answer.body.data.messageId) };
  }

  describe.each(kinds.map((kind) => [kind.path, kind] as const))(
    'POST %s',
    (path, { cases, replies, posts }) => {
      const rows = cases.flatMap((row) =>
        (row.to ? [row.to] : (['person', 'group'] as const)).map((to) => ({ ...row, to })),
      );

      test.each(rows)('$name, to a $to', async ({ to, body, message, data, shows }) => {
        const number = to === 'group' ? world.group.jid : world.ana.number;
        const fields = typeof body === 'function' ? body(world) : body;
        const { answer, shown } = await sent({ path, number }, fields);
        expect(answer.body).toEqual({ success: true, message, status: 'sent', data: answerOf(data, to) });
        expect(shown).toMatchObject(typeof shows === 'function' ? shows(world) : shows);
        const { data: event } = await world.instance.exchange(answer.body.data.messageId);
        expect(event).toMatchObject({
          direction: 'outgoing',
          message: { type: data.messageType, content: data.content, source: data.source ?? 'api' },
        });
      });

      const [first] = cases as [SentCase];
      if (posts) {
        test('a channel gets it in the clear, and nothing is quoted there', async () => {
          const { question, channel } = world;
          const { answer, shown } = await sent(
            { path, number: channel.jid },
            { ...first.body, replyTo: question, replyPrivate: true },
          );
          expect(answer.body.data).toMatchObject({
            ...first.data,
            chat: { jid: channel.jid, type: 'newsletter' },
          });
          expect(answer.body.data).not.toHaveProperty('replyTo');
          expect(shown).toMatchObject({ ...first.shows, chat: channel.jid });
          expect(shown).not.toHaveProperty('quoted');
        });
      }

      if (replies === 'none') return;
      test('it quotes a message', async () => {
        const { question, ana } = world;
        const { answer, shown } = await sent(
          { path, number: ana.number },
          { ...first.body, replyTo: question },
        );
        expect(answer.body.data.replyTo).toEqual({ messageId: question });
        expect(shown.quoted).toMatchObject({ id: question, text: 'Who?' });
        expect(shown.quoted).not.toHaveProperty('chat');
      });

      test('a private reply leaves the group, where the kind has one', async () => {
        const { groupQuestion, group, ana } = world;
        const reply = { ...first.body, replyTo: groupQuestion, replyPrivate: true };
        const { answer, shown } = await sent({ path, number: group.jid }, reply);
        const place = replies === 'both' ? 'private' : 'group';
        expect(answer.body.data.chat.type).toBe(place);
        expect(shown.chat === group.jid ? 'group' : 'private').toBe(place);
        expect(shown.quoted).toMatchObject({ id: groupQuestion, text: 'Which of you?' });
        expect(shown.quoted?.chat).toBe(place === 'private' ? group.jid : undefined);
        if (place === 'private') expect(answer.body.data.chat.jid).toBe(`${ana.number}@s.whatsapp.net`);
      });
    },
  );

  /** The whole `data` of an answer, of which the table names what is special. */
  function answerOf({ replyTo, ...data }: SentCase['data'], to: 'person' | 'group') {
    const { ana, group, instance } = world;
    const quoted = typeof replyTo === 'string' ? { messageId: world[replyTo as 'question'] } : replyTo;
    return {
      messageId: expect.stringMatching(/^3EB0[0-9A-F]{18}$/),
      direction: 'outgoing',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      source: 'api',
      status: 'sent',
      chat:
        to === 'group'
          ? { jid: group.jid, type: 'group', name: expect.any(String), groupName: expect.any(String) }
          : {
              jid: `${ana.number}@s.whatsapp.net`,
              lid: expect.stringMatching(/^\d+@lid$/),
              type: 'private',
              name: 'Ana',
            },
      sender: {
        jid: `${instance.phone.number}@s.whatsapp.net`,
        lid: expect.stringMatching(/^\d+@lid$/),
        name: 'Blue Store',
      },
      ...data,
      ...(quoted !== undefined && { replyTo: quoted }),
    };
  }

  afterAll(() => storage.close());
});
