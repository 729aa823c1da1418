import { readFileSync } from 'node:fs';
import { Group, Newsletter, Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

/** The `data` of every example of `message.exchange` in the API's public documentation, by its title. */
const examples: Record<string, Example> = JSON.parse(
  readFileSync(new URL('testing/exchange-examples.json', import.meta.url), 'utf8'),
);
// biome-ignore lint/suspicious/noExplicitAny: payloads are compared as they are
type Example = any;

const GROUP = '120363406289005073@g.us';
const CHANNEL = '120363422585881117@newsletter';
const whatsApp = await startWhatsApp();
const made = (number: string, name: string) => Phone.make(whatsApp.control, number, name);
const own = await made('5511888888888', 'Blue Store');
const joao = await made('5511999999999', 'João Silva');
const maria = await made('5511777777777', 'Maria');
await Group.make(whatsApp.control, joao.number, 'Dev Team', [own.number, maria.number], { jid: GROUP });
const channel = await Newsletter.make(whatsApp.control, joao.number, 'Blue Store News', { jid: CHANNEL });
await channel.follow(own.number);

interface World {
  sales: LinkedInstance;
  /** Sends through a route and answers with the message's id. */
  api(kind: string, body: object): Promise<string>;
}

interface Sent {
  /** The message whose event is compared. */
  id: string;
  /** Ids of the example, by what stands for them here. */
  ids?: Record<string, string>;
}

const media = (media: object) => async () => ({ id: (await joao.sendMedia(own.number, media as never)).id });
const write =
  (what: string | object, options?: object, from = joao, to = own.number) =>
  async () => ({ id: await from.send(to, what, options) });

const card = { name: 'Maria Souza', number: '5511666666666' };
const flow_token = '0b9e7f1c-52a3-4c58-9a1e-6a2f3d4c5b6a';
const flavors = { question: 'Which flavor?', options: ['Chocolate', 'Vanilla'] };

/** How the message of each example comes about. */
const stories: Record<string, (world: World) => Promise<Sent>> = {
  'Text (whole frame)': write('Hello'),
  Image: media({ kind: 'image', bytes: 81_234, caption: 'Look at this', width: 1280, height: 960 }),
  Video: media({ kind: 'video', bytes: 2_481_733, seconds: 14, width: 720, height: 1280 }),
  'Audio (plain)': media({ kind: 'audio', bytes: 381_200, seconds: 96, mimetype: 'audio/mpeg' }),
  'Voice note': media({ kind: 'voice', bytes: 24_817, seconds: 12 }),
  Document: media({
    kind: 'document',
    bytes: 120_045,
    mimetype: 'application/pdf',
    fileName: 'contract.pdf',
    caption: 'The contract',
  }),
  Sticker: media({ kind: 'sticker', bytes: 40_120, width: 512, height: 512 }),
  Location: write({
    location: {
      latitude: -23.5614,
      longitude: -46.6558,
      name: 'Blue Store',
      address: 'Av. Paulista, 1000',
    },
  }),
  Contact: write({ contact: card }),
  'Contacts (several cards)': write({ contacts: [card, { name: 'Pedro Reis', number: '5511555555555' }] }),
  Poll: write({ poll: flavors }),
  'Poll vote': async ({ api }) => {
    const poll = await api('poll', { ...flavors, maxAnswer: 1 });
    await joao.sees(poll);
    const id = await joao.about('vote', poll, { options: ['Chocolate'] });
    return { id, ids: { '3EB08FCF27E532F1B0FB': poll } };
  },
  Reaction: async ({ api }) => {
    const text = await api('text', { message: 'Your order is ready' });
    await joao.sees(text);
    return { id: await joao.about('react', text, { emoji: '👍' }), ids: { '3EB08FCF27E532F1B0F5': text } };
  },
  'Reaction removal': async ({ api }) => {
    const text = await api('text', { message: 'Your order is ready' });
    await joao.sees(text);
    return { id: await joao.about('react', text), ids: { '3EB08FCF27E532F1B0F5': text } };
  },
  'Buttons answer': async ({ api }) => {
    const buttons = [{ id: 'confirm', displayText: 'Yes' }];
    const asked = await api('button', { contentText: 'Do you confirm the order?', buttons });
    await joao.sees(asked);
    const id = await joao.about('tap', asked, { button: { id: 'confirm', text: 'Yes' }, as: 'native' });
    return { id, ids: { '3EB08FCF27E532F1B0FD': asked } };
  },
  'List answer': async () => {
    const menu = await joao.send(own.number, 'a menu');
    const row = { id: 'fin', title: 'Finance', description: 'Invoices and refunds' };
    return { id: await joao.about('tap', menu, { row, quote: false }) };
  },
  'Form answer (interactive response)': async () => {
    const form = { params: { flow_token, email: 'joao@example.com' }, label: 'Continue' };
    const card = await joao.send(own.number, 'a form');
    return { id: await joao.about('tap', card, { form, quote: false }) };
  },
  Edit: async () => {
    const text = await joao.send(own.number, 'I meant 5 PM');
    const id = await joao.about('edit', text, { text: 'Sorry, I meant 6 PM' });
    return { id, ids: { '3EB0C1D2E3F405162738': text } };
  },
  Revoke: async ({ sales }) => {
    const id = await joao.send(own.number, 'wrong');
    await sales.exchange(id);
    await joao.about('revoke', id);
    return { id };
  },
  'Group message with mentions and a quote': async () => {
    const asked = await maria.send(GROUP, 'Who can deploy?');
    await joao.sees(asked);
    const mentions = [maria.number, own.number];
    const text = '@5511777777777 and @5511888888888, done';
    const id = await joao.send(GROUP, text, { quote: asked, mentions });
    return { id, ids: { '3EB0A1B2C3D4E5F60718': asked } };
  },
  'Newsletter post': write('New collection is out', {}, joao, CHANNEL),
  'Status post': write('On holiday', { viewers: [own.number] }, joao, 'status@broadcast'),
  'Outgoing, sent through the API': async ({ api }) => ({
    id: await api('text', { message: 'Your order is ready' }),
  }),
  'Outgoing, typed on the phone': write('I will call you', {}, own, GROUP),
};

describe.each(databases)('message.exchange of what phones send, on $name', ({ open }) => {
  let world: World;
  const lids: Record<string, string> = {};

  beforeAll(async () => {
    const gateway = await linkedGateway(await open(), whatsApp);
    const sales = await gateway.link(own, { name: 'sales' });
    const api = async (kind: string, body: object) => {
      const sent = await sales.call('POST', `/api/message/${kind}/:instance`, {
        number: joao.number,
        ...body,
      });
      if (sent.status !== 200) throw new Error(JSON.stringify(sent.body));
      return sent.body.data.messageId as string;
    };
    world = { sales, api };
    const { data } = await sales.exchange(await joao.send(own.number, 'Good morning'));
    // The names of people are learned from what they write.
    await sales.exchange(await maria.send(GROUP, 'Good morning'));
    lids['100000000000001@lid'] = data.chat.lid;
    const sent = await sales.exchange(await api('text', { message: 'Good morning' }));
    lids['200000000000002@lid'] = sent.data.sender.lid;
  });

  test('every example of the contract has its story', () => {
    expect(Object.keys(stories).sort()).toEqual(Object.keys(examples).sort());
  });

  test.each(Object.keys(stories))('%s is reported field by field as the contract shows it', async (title) => {
    const example = examples[title];
    const { id, ids = {} } = await stories[title]!(world);
    const type = example.message.type;
    const { data } = await world.sales.events.expect(
      `the ${type} ${id}`,
      ({ event, data }) => event === 'message.exchange' && data.id === id && data.message.type === type,
    );
    expect(data.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const here = { ...lids, [example.id]: id, [example.timestamp]: data.timestamp, ...ids };
    const expected = withHere(example, here);
    if (expected.message.media) Object.assign(expected.message.media, whereFilesAre(data.message.media.url));
    expect(data).toEqual(expected);
    expect(Object.keys(data.message).sort()).toEqual(Object.keys(example.message).sort());
  });
});

/** The example with what has other values here: ids, LIDs, the time. */
function withHere(example: Example, here: Record<string, string>): Example {
  let text = JSON.stringify(example);
  for (const [there, value] of Object.entries(here)) text = text.replaceAll(there, value);
  return JSON.parse(text);
}

/** The sandbox's media host has a name of its own, and no bucket is set up here. */
function whereFilesAre(url: string) {
  expect(url).toMatch(/^https:/);
  return { url, s3Url: null, base64: null };
}
