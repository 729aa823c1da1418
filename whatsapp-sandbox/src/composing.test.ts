import {
  decryptEventResponse,
  decryptPollVote,
  normalizeMessageContent,
  proto,
  type WAMessage,
} from 'baileys';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from './testing/client.ts';
import { ANNA, annaInGroup, BERT, CARL, type GroupTest, jid } from './testing/groups.ts';

/** Bert and Carl write to Anna, who has a stock client. */
let world: GroupTest;
const lids: Record<string, string> = {};
beforeAll(async () => {
  world = await annaInGroup();
  for (const number of [ANNA, BERT, CARL]) {
    lids[number] = (await world.sandbox.post('/phones', { number })).lid;
  }
});

const send = async (body: object, to = ANNA, from = BERT): Promise<string> =>
  (await world.sandbox.post(`/phones/${from}/send`, { to, ...body })).id;
const act = async (action: string, details: object, from = BERT): Promise<string> =>
  (await world.sandbox.post(`/phones/${from}/act`, { action, ...details })).id;
const arrives = (id: string): Promise<WAMessage> =>
  world.client.until(`message ${id}`, () => world.client.messages.find(({ key }) => key.id === id));
const contentOf = async (id: string) => normalizeMessageContent((await arrives(id)).message);
const stanzaOf = (client: TestClient, id: string) => client.stanzas.find(({ attrs }) => attrs.id === id);

const buttons = { title: 'T', body: 'B', footer: 'F', buttons: [{ id: 'yes', text: 'Yes' }] };
const list = { body: 'B', button: 'Open', sections: [{ title: 'S', rows: [{ id: 'r', title: 'R' }] }] };
const flow = { name: 'quick_reply', params: { id: 'yes' } };

describe('a stock client reads what a phone writes', () => {
  test.each<[string, object, object]>([
    [
      'a location',
      { location: { latitude: -23.5, longitude: -46.6, name: 'Store' } },
      { locationMessage: { degreesLatitude: -23.5, name: 'Store' } },
    ],
    [
      'a live location',
      { location: { latitude: 1, longitude: 2, live: true } },
      { liveLocationMessage: { degreesLatitude: 1 } },
    ],
    [
      'a contact',
      { contact: { name: 'Maria', number: '551' } },
      { contactMessage: { displayName: 'Maria' } },
    ],
    [
      'contacts',
      {
        contacts: [
          { name: 'A', number: '1' },
          { name: 'B', vcard: 'X' },
        ],
      },
      { contactsArrayMessage: { contacts: [{ displayName: 'A' }, { vcard: 'X' }] } },
    ],
    [
      'a poll of one choice',
      { poll: { question: 'Q', options: ['a', 'b'] } },
      { pollCreationMessageV3: { name: 'Q', options: [{ optionName: 'a' }, { optionName: 'b' }] } },
    ],
    [
      'a poll of many',
      { poll: { question: 'Q', options: ['a'], maxAnswers: 0 } },
      { pollCreationMessage: { name: 'Q' } },
    ],
    ['buttons', { buttons }, { buttonsMessage: { contentText: 'B' } }],
    ['buttons of a template', { buttons: { ...buttons, form: 'template' } }, { templateMessage: {} }],
    [
      'native buttons',
      { buttons: { ...buttons, form: 'native' } },
      { interactiveMessage: { nativeFlowMessage: { buttons: [{ name: 'quick_reply' }] } } },
    ],
    ['a list', { list }, { listMessage: { buttonText: 'Open' } }],
    [
      'a native list',
      { list: { ...list, form: 'native' } },
      { interactiveMessage: { nativeFlowMessage: { buttons: [{ name: 'single_select' }] } } },
    ],
    [
      'a carousel',
      { interactive: { body: 'B', cards: [{ title: 'C', body: 'b', flows: [flow] }] } },
      { interactiveMessage: { carouselMessage: { cards: [{ body: { text: 'b' } }] } } },
    ],
    ['an event', { event: { name: 'E', startTime: 1_777_372_200 } }, { eventMessage: { name: 'E' } }],
    [
      'text with mentions, forwarded, from an ad',
      { text: 'hi', mentions: [CARL], forwarded: 2, ad: { title: 'Sale' } },
      {
        extendedTextMessage: {
          text: 'hi',
          contextInfo: { forwardingScore: 2, isForwarded: true, externalAdReply: { title: 'Sale' } },
        },
      },
    ],
  ])('%s', async (_, body, content) => {
    expect(await contentOf(await send(body))).toMatchObject(content);
  });

  test('whatever is encoded in a raw message', async () => {
    const encoded = proto.Message.encode({ productMessage: { body: 'P' } }).finish();
    const id = await send({ raw: Buffer.from(encoded).toString('base64') });
    expect(await contentOf(id)).toMatchObject({ productMessage: { body: 'P' } });
  });

  test('a quote with its content, and the same content forwarded', async () => {
    const place = await send({ location: { latitude: 1, longitude: 2 } });
    const quoted = (await contentOf(await send({ text: 'here', quote: place })))?.extendedTextMessage;
    expect(quoted?.contextInfo).toMatchObject({
      stanzaId: place,
      participant: lids[BERT],
      quotedMessage: { locationMessage: { degreesLatitude: 1 } },
    });
    const forwarded = await contentOf(await send({ forward: place }));
    expect(forwarded?.locationMessage).toMatchObject({
      degreesLatitude: 1,
      contextInfo: { forwardingScore: 1 },
    });
  });
});

describe('what is about another message', () => {
  test('a vote opens with the secret of the poll and nothing else', async () => {
    const poll = await send({ poll: { question: 'Q', options: ['a', 'b'] } }, world.group, CARL);
    const secret = (await arrives(poll)).message?.messageContextInfo?.messageSecret;
    const vote = await act('vote', { id: poll, options: ['b'] });
    const update = (await contentOf(vote))?.pollUpdateMessage;
    const context = {
      pollCreatorJid: lids[CARL]!,
      pollMsgId: poll,
      pollEncKey: secret!,
      voterJid: lids[BERT]!,
    };
    const { selectedOptions } = decryptPollVote(update!.vote!, context);
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('b'));
    expect(selectedOptions.map((each) => Buffer.from(each))).toEqual([Buffer.from(hash)]);
    expect(() => decryptPollVote(update!.vote!, { ...context, voterJid: jid(BERT) })).toThrow();
    expect(stanzaOf(world.client, vote)?.attrs.type).toBe('poll');
  });

  test('an answer to an event opens with its secret', async () => {
    const event = await send({ event: { name: 'E', startTime: 1 } }, world.group, CARL);
    const secret = (await arrives(event)).message?.messageContextInfo?.messageSecret;
    const answer = await act('answer-event', { id: event, answer: 'MAYBE' });
    const sealed = (await contentOf(answer))?.encEventResponseMessage;
    const context = {
      eventCreatorJid: lids[CARL]!,
      eventMsgId: event,
      eventEncKey: secret!,
      responderJid: lids[BERT]!,
    };
    expect(decryptEventResponse(sealed!, context).response).toBe(
      proto.Message.EventResponseMessage.EventResponseType.MAYBE,
    );
  });

  test('a reaction names the message from the side of who reacts', async () => {
    const id = await send({ text: 'hello' }, world.group, CARL);
    await world.sandbox.until('Bert to have it', async () =>
      (await world.sandbox.inbox(BERT)).some((entry) => entry.id === id),
    );
    const reaction = await act('react', { id, emoji: '👍' });
    expect((await contentOf(reaction))?.reactionMessage).toMatchObject({
      text: '👍',
      key: { id, fromMe: false, participant: lids[CARL] },
    });
    expect(stanzaOf(world.client, reaction)?.attrs.type).toBe('reaction');
  });

  test.each<[string, object, object]>([
    [
      'a tapped button',
      { button: { id: 'yes', text: 'Yes' } },
      { buttonsResponseMessage: { selectedButtonId: 'yes' } },
    ],
    [
      'one of a template',
      { button: { id: 'yes', text: 'Yes', card: 1 }, as: 'template' },
      { templateButtonReplyMessage: { selectedId: 'yes', selectedCarouselCardIndex: 1 } },
    ],
    [
      'a native one',
      { button: { id: 'yes', text: 'Yes' }, as: 'native' },
      { interactiveResponseMessage: { nativeFlowResponseMessage: { name: 'quick_reply' } } },
    ],
    ['a chosen row', { row: { id: 'r', title: 'R' } }, { listResponseMessage: { title: 'R' } }],
    [
      'a filled form',
      { form: { params: { flow_token: 't' } } },
      { interactiveResponseMessage: { nativeFlowResponseMessage: { paramsJson: '{"flow_token":"t"}' } } },
    ],
  ])('%s quotes its card', async (_, tap, content) => {
    const card = await send({ buttons });
    const answer = await contentOf(await act('tap', { id: card, ...tap }));
    expect(answer).toMatchObject(content);
    expect(JSON.stringify(answer)).toContain(card);
  });

  test('only an admin of a group deletes what others wrote', async () => {
    const own = await send({ text: 'mine' }, world.group, BERT);
    const others = await send({ text: 'his' }, world.group, CARL);
    const key = { remoteJid: world.group, id: others, fromMe: false, participant: lids[CARL] };
    await world.sandbox.until(
      'both to have them',
      async () =>
        (await world.sandbox.inbox(BERT)).some(({ id }) => id === others) &&
        (await world.sandbox.inbox(CARL)).some(({ id }) => id === own),
    );
    const revoked = await act('revoke', { id: others }, BERT);
    expect((await contentOf(revoked))?.protocolMessage?.key).toMatchObject(key);
    expect(stanzaOf(world.client, revoked)?.attrs.edit).toBe('8');
    const refused = await world.sandbox.call('POST', `/phones/${CARL}/act`, { action: 'revoke', id: own });
    expect(refused.status).toBe(409);
  });
});

test.each([
  [{ text: 'a', location: { latitude: 1, longitude: 1 } }, 400],
  [{ location: { latitude: 91, longitude: 0 } }, 400],
  [{ raw: Buffer.from([0xff, 0xff]).toString('base64') }, 400],
  [{ text: 'a', quote: 'nothing' }, 404],
  [{}, 400],
])('%j is refused', async (body, status) => {
  expect((await world.sandbox.call('POST', `/phones/${BERT}/send`, { to: ANNA, ...body })).status).toBe(
    status,
  );
});
