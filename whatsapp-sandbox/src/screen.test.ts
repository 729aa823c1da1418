import { randomBytes } from 'node:crypto';
import type { BinaryNode, proto } from 'baileys';
import { expect, test } from 'vitest';
import { makeMessageId } from './phones/sending/submit.ts';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const BERT_JID = `${BERT}@s.whatsapp.net`;

/** Sends contents as a stock client relays them, and reads Bert's screen. */
async function screen() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  let after = 0;
  const next = async () => {
    const [shown] = await sandbox.inbox(BERT, after);
    after = shown?.seq ?? after;
    return shown;
  };
  const relay = async (message: proto.IMessage, additionalNodes: BinaryNode[] = []) => {
    const messageId = makeMessageId();
    const acked = client.socket.waitForMessage(messageId, 5_000) as Promise<BinaryNode>;
    await client.socket.relayMessage(BERT_JID, message, { messageId, additionalNodes });
    return (await acked).attrs.error;
  };
  return { client, next, relay };
}

const mixed: BinaryNode = {
  tag: 'biz',
  attrs: {},
  content: [
    {
      tag: 'interactive',
      attrs: { type: 'native_flow', v: '1' },
      content: [{ tag: 'native_flow', attrs: { v: '9', name: 'mixed' } }],
    },
  ],
};
const payment: BinaryNode = { tag: 'biz', attrs: { native_flow_name: 'payment_info' } };
const yes = { name: 'quick_reply', buttonParamsJson: '{"display_text":"Yes","id":"y"}' };
const buttons = (list: proto.Message.InteractiveMessage.NativeFlowMessage.INativeFlowButton[]) => ({
  interactiveMessage: {
    header: { title: 'Order' },
    body: { text: 'Sure?' },
    nativeFlowMessage: { buttons: list, messageVersion: 1 },
  },
});

test('what a stock client composes is shown as what it is', async () => {
  const { client, next } = await screen();
  const { socket } = client;
  const sent = await socket.sendMessage(BERT_JID, {
    location: { degreesLatitude: -23.5, degreesLongitude: 46.25, name: 'Here' },
  });
  expect(await next()).toMatchObject({
    kind: 'location',
    location: { latitude: -23.5, longitude: 46.25, name: 'Here' },
  });
  await socket.sendMessage(BERT_JID, {
    contacts: { contacts: [{ displayName: 'Carl', vcard: 'BEGIN:VCARD' }] },
  });
  expect(await next()).toMatchObject({ kind: 'contact', contacts: [{ name: 'Carl', vcard: 'BEGIN:VCARD' }] });
  await socket.sendMessage(BERT_JID, { poll: { name: 'Which?', values: ['a', 'b'], selectableCount: 1 } });
  expect(await next()).toMatchObject({
    kind: 'poll',
    poll: { question: 'Which?', options: ['a', 'b'], selectable: 1 },
  });
  const startDate = new Date(Date.UTC(2026, 3, 28));
  await socket.sendMessage(BERT_JID, { event: { name: 'Planning', startDate } });
  expect(await next()).toMatchObject({ kind: 'event', event: { startsAt: startDate.getTime() / 1_000 } });
  if (!sent) throw new Error('nothing was sent');
  await socket.sendMessage(BERT_JID, { react: { text: '👍', key: sent.key } });
  expect(await next()).toMatchObject({ kind: 'reaction', text: '👍', target: sent.key.id });
  await socket.sendMessage(BERT_JID, { text: `Hi @${BERT}`, mentions: [BERT_JID] }, { quoted: sent });
  expect(await next()).toMatchObject({
    kind: 'text',
    mentions: [{ jid: BERT_JID, tagged: true }],
    quoted: { id: sent.key.id },
  });
});

test.each<[string, proto.IMessage, BinaryNode[], object]>([
  [
    'buttons that are announced',
    buttons([yes]),
    [mixed],
    { kind: 'interactive', interactive: { title: 'Order' } },
  ],
  ['buttons that are not announced', buttons([yes]), [], { kind: 'text', text: 'Sure?' }],
  ['buttons that are announced as a payment', buttons([yes]), [payment], { kind: 'text' }],
  [
    'a button without its id',
    buttons([{ ...yes, buttonParamsJson: '{"display_text":"Yes"}' }]),
    [mixed],
    { kind: 'text' },
  ],
  ['a button of an unknown kind', buttons([{ ...yes, name: 'cta_fly' }]), [mixed], { kind: 'text' }],
  ['parameters that are no JSON', buttons([{ ...yes, buttonParamsJson: '{' }]), [mixed], { kind: 'text' }],
  [
    'a poll without a secret to vote with',
    { pollCreationMessage: { name: 'Which?', options: [{ optionName: 'a' }, { optionName: 'b' }] } },
    [{ tag: 'meta', attrs: { polltype: 'creation' } }],
    { kind: 'text', text: 'Which?' },
  ],
])('%s', async (_, message, nodes, shown) => {
  const { next, relay } = await screen();
  expect(await relay(message, nodes)).toBeUndefined();
  const entry = await next();
  expect(entry).toMatchObject(shown);
  expect(entry?.interactive === undefined).toBe(entry?.kind === 'text');
});

test('polls and events that are not announced are refused', async () => {
  const { relay } = await screen();
  const messageContextInfo = { messageSecret: randomBytes(32) };
  const options = [{ optionName: 'a' }, { optionName: 'b' }];
  const poll = { pollCreationMessage: { name: 'Which?', options }, messageContextInfo };
  expect(await relay(poll)).toBe('479');
  expect(await relay({ eventMessage: { name: 'Planning', startTime: 1 }, messageContextInfo })).toBe('479');
});
