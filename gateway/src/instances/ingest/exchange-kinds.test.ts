import { Group } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { proto } from '../../whatsapp/proto.ts';

const whatsApp = await startWhatsApp();
const own = await whatsApp.newPhone('Blue Store');
const joao = await whatsApp.newPhone('João');
const maria = await whatsApp.newPhone('Maria');
const group = await Group.make(whatsApp.control, joao.number, 'Team', [own.number, maria.number]);
const jidOf = (phone: { number: string }) => `${phone.number}@s.whatsapp.net`;

const raw = (message: proto.IMessage) => ({
  raw: Buffer.from(proto.Message.encode(message).finish()).toString('base64'),
});
const card = { title: 'Shop', body: 'Choose', footer: 'Thanks' };
const buttons = { ...card, buttons: [{ id: 'yes', text: 'Yes' }] };
const sections = [{ title: 'Desks', rows: [{ id: 'fin', title: 'Finance', description: 'Invoices' }] }];
const quickReply = { name: 'quick_reply', params: { id: 'a', display_text: 'A' } };

describe.each(databases)('what comes in, on $name', ({ open }) => {
  let storage: TestStorage;
  let sales: LinkedInstance;

  beforeAll(async () => {
    storage = await open();
    const gateway = await linkedGateway(storage, whatsApp);
    sales = await gateway.link(own);
    await dataOf(await joao.send(own.number, 'Good morning'));
    await dataOf(await maria.send(group.jid, 'Good morning'));
  });

  /** The `data` of a message's event. */
  const dataOf = async (id: string) => (await sales.exchange(id)).data;
  const message = async (id: string) => (await dataOf(id)).message;
  const sent = async (kind: string, body: object): Promise<string> => {
    const path = `/api/message/${kind}/:instance`;
    const answer = await sales.call('POST', path, { number: joao.number, ...body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body.data.messageId;
  };
  const stored = (id: string) =>
    storage.db.selectFrom('messages').selectAll().where('message_id', '=', id).executeTakeFirst();

  test.each<[string, object, object]>([
    [
      'a live location',
      { location: { latitude: 1.5, longitude: 2, live: true } },
      { type: 'location', content: '📍\nLat: 1.5, Long: 2', location: { isLive: true, name: null } },
    ],
    ['buttons', { buttons }, { type: 'buttons', content: 'Choose', interactive: { kind: 'buttons' } }],
    ['buttons of a template', { buttons: { ...buttons, form: 'template' } }, { type: 'buttons' }],
    ['native buttons', { buttons: { ...buttons, form: 'native' } }, { type: 'buttons' }],
    [
      'a list',
      { list: { ...card, button: 'Open', sections } },
      { type: 'list', content: 'Choose', interactive: { kind: 'list', buttonText: 'Open', sections } },
    ],
    [
      'a native list',
      { list: { ...card, button: 'Open', sections, form: 'native' } },
      { type: 'list', interactive: { kind: 'list', buttonText: 'Open', sections } },
    ],
    [
      'a carousel',
      { interactive: { ...card, cards: [{ ...card, flows: [quickReply] }] } },
      { type: 'interactive', interactive: { kind: 'carousel', cards: [{ body: 'Choose' }] } },
    ],
    [
      'a form',
      { interactive: { ...card, flows: [{ name: 'galaxy_message', params: { flow_cta: 'Go' } }] } },
      { type: 'interactive', interactive: { kind: 'flow', buttons: [{ type: 'galaxy_message' }] } },
    ],
    [
      'a calendar event',
      {
        event: {
          name: 'Planning',
          startTime: 1_777_372_200,
          location: { latitude: 1, longitude: 2, name: 'Office' },
          extraGuestsAllowed: true,
        },
      },
      {
        type: 'event',
        content: 'Planning',
        event: {
          startAt: '2026-04-28T10:30:00Z',
          endAt: null,
          location: { name: 'Office', isLive: false },
          extraGuestsAllowed: true,
        },
      },
    ],
    [
      'a forwarded text',
      { text: 'x', forwarded: 5 },
      { type: 'text', isForwarded: true, context: { messageId: null, forwardingScore: 5 } },
    ],
    [
      'a text from an ad',
      { text: 'x', ad: { title: 'Sale', sourceType: 'ad', ctwaClid: 'c' } },
      { type: 'text', context: { ad: { title: 'Sale', body: null, sourceType: 'ad', ctwaClid: 'c' } } },
    ],
    ['a product', raw({ productMessage: { body: 'x' } }), { type: 'unknown', content: '' }],
    [
      'a reaction to nothing, which the engine fails at',
      raw({ reactionMessage: { text: '👍' } }),
      { type: 'reaction', content: '👍', reaction: { message_id: '', removed: false } },
    ],
  ])('%s', async (_, body, expected) => {
    expect(await message(await joao.send(own.number, body))).toMatchObject(expected);
  });

  test.each<[string, object, object]>([
    ['a GIF', { kind: 'gif' }, { type: 'video', isAnimated: true }],
    ['a video note', { kind: 'ptv', seconds: 3 }, { type: 'ptv', duration: 3 }],
    ['an image to be seen once', { kind: 'image', viewOnce: true }, { type: 'image', isViewOnce: true }],
    ['a voice note to be played once', { kind: 'voice', viewOnce: true }, { type: 'ptt', isViewOnce: true }],
    ['an animated sticker', { kind: 'sticker', animated: true }, { type: 'sticker', isAnimated: true }],
  ])('%s', async (_, media, expected) => {
    const { id } = await joao.sendMedia(own.number, { bytes: 100, ...media } as never);
    expect((await message(id)).media).toMatchObject(expected);
  });

  test.each([
    'view_once',
    // Baileys acknowledges it and makes nothing of it.
    'view_once_unavailable_fanout',
  ])('what linked devices do not get is reported as unavailable: %s', async (unavailable) => {
    const id = await joao.send(own.number, 'only for your phone', { unavailable });
    const { data } = await sales.events.expect(
      'that it came',
      ({ event, data }) => event === 'message.undecryptable' && data.id === id,
    );
    expect(data).toMatchObject({ reason: 'unavailable', message: { type: 'undecryptable', content: '' } });
  });

  test.each<[string, object, object]>([
    ['plain', { button: { id: 'yes', text: 'Yes' } }, { type: 'buttons_response' }],
    ['template', { button: { id: 'yes', text: 'Yes' } }, { type: 'buttons_response' }],
    ['native', { button: { id: 'yes', text: 'Yes' } }, { type: 'buttons_response' }],
    ['plain', { row: { id: 'yes', title: 'Yes' } }, { type: 'list_response' }],
    ['native', { row: { id: 'yes', title: 'Yes' } }, { type: 'list_response' }],
    ['native', { form: { params: { flow_token: 't' } } }, { type: 'interactive_response' }],
  ])('an answer in the form %s: %j', async (as, tap, expected) => {
    const asked = await sent('button', {
      contentText: 'Sure?',
      buttons: [{ id: 'yes', displayText: 'Yes' }],
    });
    await joao.sees(asked);
    const answer = await message(await joao.about('tap', asked, { as, ...tap }));
    expect(answer).toMatchObject({
      ...expected,
      content: '',
      context: { messageId: asked, content: 'Sure?' },
    });
    if (answer.button_response) {
      expect(answer.button_response).toEqual({ title: 'Yes', body: 'Sure?', selected_button_id: 'yes' });
    }
  });

  describe('votes', () => {
    const question = { question: 'Which?', options: ['a', 'b'] };
    const votesOf = async (poll: string) => {
      const rows = await storage.db
        .selectFrom('poll_votes')
        .selectAll()
        .where('poll_id', '=', poll)
        .execute();
      return rows.map(({ voter, options }) => [voter === '' ? 'self' : 'other', JSON.parse(options)]);
    };

    test.each([
      ['lid', 'lid'],
      ['pn', 'pn'],
      ['pn', 'lid'],
      ['lid', 'pn'],
    ])('are read whether the voter is named by %s and the author by %s', async (addressing, creatorAs) => {
      const poll = await sent('poll', { ...question, maxAnswer: 1 });
      await joao.sees(poll);
      const vote = await joao.about('vote', poll, { options: ['b'], addressing, creatorAs });
      expect((await message(vote)).poll_vote).toEqual({
        poll_message_id: poll,
        poll_title: 'Which?',
        options: [{ name: 'b' }],
        decrypted: true,
      });
    });

    test("in a group, on another's poll, with the account's own, the newest of each counts", async () => {
      const poll = await maria.send(group.jid, { poll: { ...question, maxAnswers: 0 } });
      for (const phone of [joao, own]) await phone.sees(poll);
      expect((await message(await joao.about('vote', poll, { options: ['a', 'b'] }))).content).toBe('a, b');
      expect((await message(await joao.about('vote', poll, { options: ['b'] }))).content).toBe('b');
      const mine = await dataOf(await own.about('vote', poll, { options: ['a'] }));
      expect(mine).toMatchObject({ direction: 'outgoing', message: { content: 'a' } });
      expect((await votesOf(poll)).sort()).toEqual([
        ['other', ['b']],
        ['self', ['a']],
      ]);
      const counted = await sales.call('GET', `/api/chat/poll/:instance?messageId=${poll}`);
      expect(counted.body.data).toMatchObject({
        name: 'Which?',
        votes: [
          { optionName: 'a', optionVoteCount: 1 },
          { optionName: 'b', optionVoteCount: 1 },
        ],
      });
      expect((await message(await joao.about('vote', poll))).poll_vote).toMatchObject({
        options: [],
        decrypted: true,
      });
      expect((await votesOf(poll)).sort()).toEqual([
        ['other', []],
        ['self', ['a']],
      ]);
    });

    test('on a poll that the instance never saw stay closed', async () => {
      const pollUpdateMessage = {
        pollCreationMessageKey: { id: '3EB0NEVERSEEN', remoteJid: jidOf(own), fromMe: true },
        vote: { encPayload: new Uint8Array(48), encIv: new Uint8Array(12) },
      };
      expect(await message(await joao.send(own.number, raw({ pollUpdateMessage })))).toMatchObject({
        type: 'poll_vote',
        content: '',
        poll_vote: { poll_message_id: '3EB0NEVERSEEN', poll_title: null, options: [], decrypted: false },
      });
    });

    test('that were sealed for another poll change nothing', async () => {
      const [first, second] = [await sent('poll', question), await sent('poll', question)];
      await joao.sees(second);
      const vote = await joao.about('vote', first, { options: ['a'] });
      await dataOf(vote);
      const { content_proto } = (await stored(vote))!;
      const moved = proto.Message.decode(content_proto);
      moved.pollUpdateMessage!.pollCreationMessageKey!.id = second;
      const forged = await joao.send(own.number, raw(moved));
      expect((await message(forged)).poll_vote).toMatchObject({ decrypted: false, options: [] });
      expect(await votesOf(second)).toEqual([]);
    });
  });

  test.each([
    ['lid', 'GOING'],
    ['pn', 'MAYBE'],
    ['lid', 'NOT_GOING'],
  ])('an answer to an event, by %s: %s', async (addressing, answer) => {
    const event = await sent('event', { name: 'Planning', startAt: '2030-01-01T10:00:00Z' });
    await joao.sees(event);
    const id = await joao.about('answer-event', event, { answer, addressing });
    expect(await message(id)).toMatchObject({
      type: 'interactive_response',
      content: '',
      interactive: { kind: 'event_response', title: answer, messageId: event },
    });
  });

  describe('what is sealed with the secret of a message', () => {
    test('a reaction names the message and its author', async () => {
      const text = await maria.send(group.jid, 'Hello');
      await joao.sees(text);
      expect(
        (await message(await joao.about('react', text, { emoji: '👍', sealed: true }))).reaction,
      ).toEqual({
        text: '👍',
        emoji: '👍',
        message_id: text,
        messageId: text,
        fromMe: false,
        participant: jidOf(maria),
        removed: false,
      });
    });

    test('an edit is one, and changes the stored message', async () => {
      const text = await joao.send(own.number, 'at five');
      await dataOf(text);
      const edit = await joao.about('edit', text, { text: 'at six', sealed: true });
      expect(await message(edit)).toMatchObject({
        type: 'message_edit',
        content: 'at six',
        isEdit: true,
        edit: { original_id: text, text: 'at six' },
      });
      expect(await stored(text)).toMatchObject({ type: 'text', content: 'at six', edited: 1 });
    });
  });

  test('a caption is edited, and the file stays with the message', async () => {
    const { id } = await joao.sendMedia(own.number, { kind: 'image', bytes: 100, caption: 'old' });
    await dataOf(id);
    expect(await message(await joao.about('edit', id, { text: 'new' }))).toMatchObject({
      type: 'message_edit',
      content: 'new',
    });
    const row = (await stored(id))!;
    expect(row).toMatchObject({ type: 'image', content: 'new' });
    expect(proto.Message.decode(row.content_proto).imageMessage).toMatchObject({ caption: 'new' });
  });

  test('an admin takes the message of another away', async () => {
    const text = await maria.send(group.jid, 'nonsense');
    for (const seen of [joao.sees(text), dataOf(text)]) await seen;
    await joao.about('revoke', text);
    const { data } = await sales.events.expect(
      'the revocation',
      ({ event, data }) => event === 'message.exchange' && data.id === text && data.message.revoke !== null,
    );
    expect(data.message.revoke).toEqual({ original_id: text, author: jidOf(maria), by_admin: true });
    expect(data.sender.jid).toBe(jidOf(joao));
    expect(await stored(text)).toMatchObject({ type: 'message_revoke', content: '' });
  });

  test.each<[string, string, object]>([
    ['location', 'location', { latitude: 1, longitude: 2, name: 'Store' }],
    ['poll', 'poll', { question: 'Which?', options: ['a', 'b'] }],
    ['button', 'interactive', { contentText: 'Sure?', buttons: [{ id: 'yes', displayText: 'Yes' }] }],
    ['list', 'interactive', { contentText: 'Choose', buttonText: 'Open', sections }],
    ['form', 'interactive', { message: 'Fill in' }],
    ['pix', 'interactive', { merchantName: 'Store', pixKey: '1', pixKeyType: 'CPF' }],
    ['event', 'event', { name: 'Planning', startAt: '2030-01-01T10:00:00Z' }],
  ])('a %s of our own is reported with its %s', async (route, block, body) => {
    const answer = await sales.call('POST', `/api/message/${route}/:instance`, {
      number: joao.number,
      ...body,
    });
    const { messageId, messageType, content } = answer.body.data;
    const sent = await dataOf(messageId);
    expect(sent).toMatchObject({ direction: 'outgoing', message: { type: messageType, content } });
    expect(sent.message[block]).toBeTypeOf('object');
    expect(sent.message[block]).not.toBeNull();
  });
});
