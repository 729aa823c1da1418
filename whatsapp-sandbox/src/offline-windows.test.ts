import type { BinaryNode } from 'baileys';
import { expect, test } from 'vitest';
import type { TestClient } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { stanza } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const STATUS = 'status@broadcast';

/** Anna's client, gone again, and so many texts that wait for it. */
async function annaAway(waiting: number) {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  const say = (text: string, to = ANNA) =>
    sandbox.post(`/phones/${BERT}/send`, { to, text, ...(to === STATUS ? { viewers: [ANNA] } : {}) });
  const left = async () => (await sandbox.get('/phones')).phones[0].devices[0].waiting as number;
  await sandbox.until('nothing waits', async () => (await left()) === 0);
  await client.close();
  for (let index = 0; index < waiting; index += 1) await say(`while away ${index}`);
  /** Logs in again with a client that asks for one window of this size, or for none, and then only when the test does. */
  const comeBack = (window?: number) => {
    const back = sandbox.client(client.account);
    back.asksForWindows = false;
    back.socket.ws.removeAllListeners('CB:ib,,offline_preview');
    if (window) back.socket.ws.on('CB:ib,,offline_preview', () => ask(back, window));
    const ends = endsOf(back);
    return { back, ends, offline: () => back.stanzas.filter(({ attrs }) => attrs.offline !== undefined) };
  };
  return { sandbox, say, left, comeBack };
}

function endsOf(client: TestClient): string[] {
  const counts: string[] = [];
  client.socket.ws.on('CB:ib,,offline', (node: BinaryNode) => {
    const [offline] = node.content as BinaryNode[];
    counts.push(offline?.attrs.count ?? '');
  });
  return counts;
}

function ask(client: TestClient, count: number): void {
  client.send(stanza('ib', {}, [stanza('offline_batch', { count: String(count) })]));
}

/** The server has answered everything that the client sent before. */
async function roundTrip(client: TestClient): Promise<void> {
  await client.socket.query({ tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' } });
}

function ackOf(node: BinaryNode, attrs: Record<string, string>): BinaryNode {
  const { id, from, participant } = node.attrs;
  return stanza('ack', { id, to: from, participant, ...attrs });
}

test('a client that never asks gets one small window after the other, each when it has acknowledged the one before', async () => {
  const { comeBack } = await annaAway(13);
  const { back, ends } = comeBack();
  await back.untilText('while away 12');
  await back.until('the end of the queue', () => ends.length > 0);
  expect(ends).toEqual(['13']);
});

test('a client that asks gets one window for each time, and nothing live before the end of the queue', async () => {
  const { comeBack, left, sandbox, say } = await annaAway(30);
  const { back, ends, offline } = comeBack(7);
  await sandbox.until('twelve to be acknowledged', async () => (await left()) === 18);
  await say('live');
  await roundTrip(back);
  expect(offline()).toHaveLength(12);
  expect(ends).toEqual([]);
  expect(back.stanzas).toHaveLength(12);
  ask(back, 200);
  await back.untilText('live');
  expect(ends).toEqual(['30']);
  expect(back.stanzas.at(-1)?.attrs.offline).toBeUndefined();
});

test('no window is larger than 200', async () => {
  const { comeBack, left, sandbox } = await annaAway(210);
  const { back, ends, offline } = comeBack(5_000);
  await sandbox.until('what came to be acknowledged', async () => (await left()) === 5);
  await roundTrip(back);
  expect(offline()).toHaveLength(205);
  expect(ends).toEqual([]);
});

test('a status comes as a stanza of its own, at every log-in until it is acknowledged as a status', async () => {
  const { comeBack, left, sandbox, say } = await annaAway(0);
  await say('On holiday', STATUS);
  const first = comeBack().back;
  first.acknowledgesStatuses = false;
  const statuses: BinaryNode[] = [];
  first.socket.ws.on('CB:status', (node: BinaryNode) => statuses.push(node));
  // Baileys acknowledges it as a message.
  await first.untilText('On holiday');
  await roundTrip(first);
  expect(statuses[0]?.attrs).toMatchObject({ from: STATUS, participant: expect.stringMatching(/@lid$/) });
  expect(await left()).toBe(1);
  await first.close();
  const { back } = comeBack();
  await back.until('the status again', () => back.stanzas.find(({ attrs }) => attrs.from === STATUS));
  await sandbox.until('nothing waits', async () => (await left()) === 0);
});

test('a status that was refused comes first and holds back what waits, until a plain ack', async () => {
  const { comeBack, sandbox, say, left } = await annaAway(0);
  const online = comeBack().back;
  online.acknowledgesStatuses = false;
  await online.untilOpen();
  await say('unreadable', STATUS);
  const status = await online.until('the status', () =>
    online.stanzas.find(({ attrs }) => attrs.from === STATUS),
  );
  online.send(ackOf(status, { class: 'message', error: '500' }));
  await roundTrip(online);
  await online.close();
  for (let index = 0; index < 8; index += 1) await say(`behind it ${index}`);
  const { back, ends, offline } = comeBack(200);
  back.acknowledgesStatuses = false;
  await back.until('the status', () => offline().length > 0);
  await roundTrip(back);
  expect(offline().map(({ attrs }) => attrs.id)).toEqual([status.attrs.id]);
  expect(await left()).toBe(9);
  back.send(ackOf(status, { class: 'status' }));
  await back.untilText('behind it 7');
  await back.until('the end of the queue', () => ends.length > 0);
  await sandbox.until('nothing waits', async () => (await left()) === 0);
});

test('end-unacked-status ends the streams of those that have not acknowledged a status, and of nobody else', async () => {
  const { comeBack, sandbox, say } = await annaAway(0);
  const { back } = comeBack();
  back.acknowledgesStatuses = false;
  await back.untilOpen();
  await say('a text');
  await back.untilText('a text');
  await sandbox.post('/faults', { fault: 'end-unacked-status' });
  await roundTrip(back);
  await say('On holiday', STATUS);
  await back.untilText('On holiday');
  await sandbox.post('/faults', { fault: 'end-unacked-status' });
  expect(await back.untilClosed()).toBe(428);
});
