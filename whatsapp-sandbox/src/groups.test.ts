import type { WAMessage } from 'baileys';
import { expect, test } from 'vitest';
import { makeMessageId } from './phones/submit.ts';
import type { TestClient } from './testing/client.ts';
import { type TestSandbox, testSandbox } from './testing/sandbox.ts';
import { child, children, type Stanza, stanza } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const CARL = '4915100000003';
const DORA = '4915100000004';
const jid = (number: string) => `${number}@s.whatsapp.net`;

interface GroupTest {
  sandbox: TestSandbox;
  client: TestClient;
  group: string;
  say(number: string, text: string): Promise<{ id: string }>;
}

/** Bert's group of Anna, Bert and Carl, with a client on Anna's phone. */
async function annaInGroup(): Promise<GroupTest> {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL, DORA);
  const client = await sandbox.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  const made = { owner: BERT, subject: 'Choir', participants: [ANNA, CARL] };
  const { jid: group } = await sandbox.post('/groups', made);
  const say = (number: string, text: string) => sandbox.post(`/phones/${number}/send`, { to: group, text });
  return { sandbox, client, group, say };
}

async function change(test: GroupTest, body: { add?: string[]; remove?: string[] }): Promise<void> {
  await test.sandbox.post(`/groups/${test.group}/participants`, body);
}

test("a client's message to a group is decrypted by every member's phone and by its own", async () => {
  const { sandbox, client, group } = await annaInGroup();
  const sent = await client.socket.sendMessage(group, { text: 'good evening' });
  for (const number of [BERT, CARL, ANNA]) {
    const [received] = await sandbox.inbox(number);
    expect(received).toMatchObject({ id: sent?.key.id, chat: group, from: jid(ANNA), text: 'good evening' });
    expect(received?.fromMe).toBe(number === ANNA);
  }
});

test("a phone's messages to a group are decrypted by the client, under both names of the author", async () => {
  const { sandbox, client, group, say } = await annaInGroup();
  const { lid } = await sandbox.post('/phones', { number: CARL });
  const { id } = await say(CARL, 'first');
  const { key, pushName } = await client.untilText('first');
  expect(key).toMatchObject({ id, remoteJid: group, participant: lid, participantAlt: jid(CARL) });
  expect({ fromMe: key.fromMe, pushName }).toEqual({ fromMe: false, pushName: `Phone ${CARL}` });
  await say(CARL, 'second');
  await client.untilText('second');
  const shapes = client.stanzas
    .filter((node) => node.attrs.from === group)
    .map((node) => children(node, 'enc').map((enc) => enc.attrs.type));
  expect(shapes).toEqual([['pkmsg', 'skmsg'], ['skmsg']]);
});

test('a sender key is given out once: what follows is one ciphertext for all', async () => {
  const { sandbox, client, group } = await annaInGroup();
  await client.socket.sendMessage(group, { text: 'with the key' });
  await client.socket.sendMessage(group, { text: 'without' });
  const received = await sandbox.inboxOf(CARL, 2);
  expect(received.map((each) => each.text)).toEqual(['with the key', 'without']);
  expect((await sandbox.get('/stats')).retries).toBe(0);
});

test('a message from one companion reaches the other companion of the phone as its own', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const other = await sandbox.link(ANNA);
  await client.socket.sendMessage(group, { text: 'from the first' });
  expect((await other.untilText('from the first')).key).toMatchObject({ remoteJid: group, fromMe: true });
});

test('a client that has lost a sender key asks for the message again, and has the key for the next', async () => {
  const { sandbox, client, group, say } = await annaInGroup();
  await say(CARL, 'before');
  await client.untilText('before');
  const { lid } = await sandbox.post('/phones', { number: CARL });
  await client.account.keys.set({ 'sender-key': { [`${group}::${lid.split('@')[0]}_1::0`]: null } });
  const { id } = await say(CARL, 'lost');
  expect((await client.untilText('lost')).key).toMatchObject({ id, remoteJid: group, participant: lid });
  await say(CARL, 'after');
  await client.untilText('after');
  expect((await sandbox.get('/stats')).retries).toBe(1);
});

test('a phone that cannot read a client asks again and shows the message once', async () => {
  const { sandbox, client, group } = await annaInGroup();
  await sandbox.post('/faults', { fault: 'corrupt', phone: CARL, device: 0, count: 1 });
  const sent = await client.socket.sendMessage(group, { text: 'say again' });
  const [received] = await sandbox.inbox(CARL);
  expect(received).toMatchObject({ id: sent?.key.id, chat: group, text: 'say again' });
  await client.socket.sendMessage(group, { text: 'next' });
  expect((await sandbox.inboxOf(CARL, 2)).map((each) => each.text)).toEqual(['say again', 'next']);
});

test('a companion that cannot read a client gets the message again, alone', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const bert = await sandbox.link(BERT);
  await sandbox.post('/faults', { fault: 'corrupt', phone: BERT, count: 1 });
  const sent = await client.socket.sendMessage(group, { text: 'for Bert again' });
  expect((await bert.untilText('for Bert again')).key.id).toBe(sent?.key.id);
  expect((await sandbox.inbox(CARL)).map((each) => each.text)).toEqual(['for Bert again']);
});

/** Submits a message stanza to the group as it is, and returns the server's ack. */
async function submit(test: GroupTest, content: Stanza[], attrs = {}): Promise<Stanza['attrs']> {
  const { client, group } = test;
  const id = makeMessageId();
  const acked = client.socket.waitForMessage(id, 5000) as Promise<Stanza>;
  await client.socket.sendNode(stanza('message', { id, to: group, type: 'text', ...attrs }, content));
  return (await acked).attrs;
}

/** A ciphertext that the server cannot tell from a good one. */
const sealed = () => stanza('enc', { v: '2', type: 'skmsg' }, Buffer.alloc(100, 7));

const hasText = (client: TestClient, text: string) =>
  client.messages.some((each: WAMessage) => each.message?.conversation === text);

test('a removed member gets nothing more and cannot send', async () => {
  const test = await annaInGroup();
  const { sandbox, client, group, say } = test;
  const updates = client.watch('group-participants.update');
  await change(test, { remove: [ANNA] });
  await client.until('the removal', () => updates.some((each) => each.action === 'remove'));
  await say(BERT, 'among us');
  expect((await sandbox.inbox(CARL))[0]).toMatchObject({ text: 'among us' });
  expect(await submit(test, [sealed()])).toMatchObject({ error: '403', from: group });
  await expect(client.socket.groupMetadata(group)).rejects.toThrow('forbidden');
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'to you alone' });
  await client.untilText('to you alone');
  expect(hasText(client, 'among us')).toBe(false);
});

test('when somebody leaves, the others write with a fresh key that the one who left does not have', async () => {
  const test = await annaInGroup();
  const { client, group, say } = test;
  await say(BERT, 'one');
  await say(BERT, 'two');
  await change(test, { remove: [CARL] });
  await say(BERT, 'three');
  await client.untilText('three');
  const keyed = client.stanzas
    .filter((node) => node.attrs.from === group)
    .map((node) => children(node, 'enc').length);
  expect(keyed).toEqual([2, 1, 2]);
});

test('an added member is told of the group and reads what is written from then on', async () => {
  const test = await annaInGroup();
  const { sandbox, client, group } = test;
  const dora = await sandbox.link(DORA);
  const joined = dora.watch('groups.upsert');
  const updates = client.watch('group-participants.update');
  await client.socket.sendMessage(group, { text: 'too early' });
  await change(test, { add: [DORA] });
  await dora.until('the group', () => joined.flat().some((each) => each.id === group));
  await client.until('the addition', () => updates.some((each) => each.action === 'add'));
  expect(updates[0]?.participants).toMatchObject([{ phoneNumber: jid(DORA) }]);
  await client.socket.sendMessage(group, { text: 'welcome' });
  await dora.untilText('welcome');
  expect(hasText(dora, 'too early')).toBe(false);
});

test('a companion that is linked later reads what other members write from then on', async () => {
  const { sandbox, client, group, say } = await annaInGroup();
  await client.socket.sendMessage(group, { text: 'before it was there' });
  await say(BERT, 'as well');
  await client.untilText('as well');
  const carl = await sandbox.link(CARL);
  await client.socket.sendMessage(group, { text: 'from a client' });
  await say(BERT, 'from a phone');
  await carl.untilText('from a client');
  await carl.untilText('from a phone');
  expect((await sandbox.get('/stats')).retries).toBe(0);
});

test('what is written while a client is away waits for it, in order and with the key', async () => {
  const { sandbox, client, say } = await annaInGroup();
  await client.close();
  const texts = Array.from({ length: 120 }, (_, index) => `meanwhile ${index}`);
  for (const [index, text] of texts.entries()) await say(index % 2 ? BERT : CARL, text);
  const back = sandbox.client(client.account);
  await back.untilText('meanwhile 119');
  expect(back.messages.flatMap((each) => each.message?.conversation ?? [])).toEqual(texts);
  await sandbox.until('nothing waits', async () => {
    const { undelivered, retries } = await sandbox.get('/stats');
    expect(retries).toBe(0);
    return Object.keys(undelivered).length === 0;
  });
});

test('two members may use the same id; each message is delivered and acknowledged for itself', async () => {
  const { sandbox, client, group } = await annaInGroup();
  for (const number of [BERT, CARL]) {
    await sandbox.post(`/phones/${number}/send`, { to: group, text: `by ${number}`, id: 'SAME' });
  }
  await client.untilText(`by ${BERT}`);
  await client.untilText(`by ${CARL}`);
  await sandbox.until('nothing waits', async () => {
    const { undelivered } = await sandbox.get('/stats');
    return Object.keys(undelivered).length === 0;
  });
});

test("the author's client hears of each member that got and read a message", async () => {
  const { sandbox, client, group } = await annaInGroup();
  const receipts = client.watch('message-receipt.update');
  const sent = await client.socket.sendMessage(group, { text: 'ticks' });
  const id = sent?.key.id;
  const { lid: bert } = await sandbox.post('/phones', { number: BERT });
  const { lid: carl } = await sandbox.post('/phones', { number: CARL });
  // A receipt that comes quickly is merged into the message itself.
  const known = () => [
    ...receipts.flat().flatMap(({ key, receipt }) => (key.id === id ? [receipt] : [])),
    ...client.messages.flatMap(({ key, userReceipt }) => (key.id === id ? (userReceipt ?? []) : [])),
  ];
  const has = (userJid: string, kind: 'receiptTimestamp' | 'readTimestamp') => () =>
    known().some((receipt) => receipt.userJid === userJid && receipt[kind]);
  await client.until('delivery to Bert', has(bert, 'receiptTimestamp'));
  await client.until('delivery to Carl', has(carl, 'receiptTimestamp'));
  await sandbox.post(`/phones/${CARL}/act`, { action: 'read', id });
  await client.until('reading by Carl', has(carl, 'readTimestamp'));
  expect(has(bert, 'readTimestamp')()).toBe(false);
});

test('a phone sees how far its group message got, and edits, quotes and revokes in the group', async () => {
  const { sandbox, client, group, say } = await annaInGroup();
  await client.socket.sendPresenceUpdate('available');
  const { id } = await say(CARL, 'frist');
  const { key } = await client.untilText('frist');
  await client.socket.readMessages([key]);
  await sandbox.until('reading', async () => {
    const { chat, receipts } = await sandbox.get(`/phones/${CARL}/sent/${id}`);
    return chat === group && receipts[ANNA] === 'read' && receipts[BERT] === 'delivered';
  });
  await sandbox.post(`/phones/${BERT}/send`, { to: group, text: 'typo', quote: id });
  const answer = await client.untilText('typo');
  expect(answer.message?.extendedTextMessage?.contextInfo?.stanzaId).toBe(id);
  await sandbox.post(`/phones/${CARL}/act`, { action: 'edit', id, text: 'first' });
  await client.update(id, (update) => update.message?.editedMessage?.message?.conversation === 'first');
  await sandbox.post(`/phones/${CARL}/act`, { action: 'revoke', id });
  await client.update(id, (update) => update.message === null);
});

test('members see each other typing in the group', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const { lid } = await sandbox.post('/phones', { number: CARL });
  await client.socket.sendPresenceUpdate('available');
  await sandbox.until('Anna to be there', async () => {
    const { phones } = await sandbox.get('/phones');
    return phones[0].devices[0].available;
  });
  await sandbox.post(`/phones/${CARL}/act`, { action: 'typing', to: group });
  const seen = await client.until('Carl typing', () => client.presences.find((each) => each.id === group));
  expect(seen.presences).toEqual({ [lid]: { lastKnownPresence: 'composing' } });
  await client.socket.sendPresenceUpdate('composing', group);
  await sandbox.until('Anna typing', async () => {
    const { phones } = await sandbox.get('/phones');
    return phones[1].chatStates[ANNA] === 'composing' && phones[2].chatStates[ANNA] === 'composing';
  });
});

test('metadata names the group, its owner and every member under both names', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const metadata = await client.socket.groupMetadata(group);
  const { participants, owner } = (await sandbox.get('/groups')).groups[0];
  expect(metadata).toMatchObject({
    id: group,
    subject: 'Choir',
    addressingMode: 'lid',
    ownerPn: jid(owner),
    size: 3,
    memberAddMode: false,
  });
  expect(metadata.participants.map(({ id, phoneNumber, admin }) => [id, phoneNumber, admin])).toEqual(
    participants.map((each: { lid: string; jid: string; role: string }) => [
      each.lid,
      each.jid,
      each.role === 'member' ? null : each.role,
    ]),
  );
  expect(Object.keys(await client.socket.groupFetchAllParticipating())).toEqual([group]);
});

test('a client makes a group, changes its subject and its members, and leaves it', async () => {
  const { sandbox, client } = await annaInGroup();
  const bert = await sandbox.link(BERT);
  const joined = bert.watch('groups.upsert');
  const renamed = bert.watch('groups.update');
  const members = bert.watch('group-participants.update');
  const made = await client.socket.groupCreate('Trip', [jid(BERT)]);
  await bert.until('the group', () => joined.flat().some((each) => each.id === made.id));
  await client.socket.groupUpdateSubject(made.id, 'Trip to the sea');
  await bert.until('the subject', () => renamed.flat().some((each) => each.subject === 'Trip to the sea'));
  const added = await client.socket.groupParticipantsUpdate(
    made.id,
    [jid(CARL), jid(BERT), jid('4915199')],
    'add',
  );
  expect(added.map((each) => each.status)).toEqual(['200', '409', '404']);
  await client.socket.groupParticipantsUpdate(made.id, [jid(BERT)], 'promote');
  await client.socket.groupParticipantsUpdate(made.id, [jid(CARL)], 'remove');
  await client.socket.groupLeave(made.id);
  await bert.until('all changes', () => members.length === 4 && members);
  expect(members.map((each) => each.action)).toEqual(['add', 'promote', 'remove', 'remove']);
  expect((await bert.socket.groupMetadata(made.id)).participants).toHaveLength(1);
});

test('only admins change who is in the group', async () => {
  const { client, group } = await annaInGroup();
  const tried = client.socket.groupParticipantsUpdate(group, [jid(CARL)], 'remove');
  await expect(tried).rejects.toThrow('forbidden');
  expect((await client.socket.groupMetadata(group)).participants).toHaveLength(3);
});

test('a participant hash that is not the current one is answered with the current one', async () => {
  const test = await annaInGroup();
  const { client, group } = test;
  const { participants } = await client.socket.groupMetadata(group);
  const { phash } = await submit(test, [sealed()], { phash: '2:wrong1' });
  expect(phash).toMatch(/^2:.{6}$/);
  expect(participants).toHaveLength(3);
  expect(await submit(test, [sealed()], { phash })).not.toHaveProperty('phash');
  expect(await submit(test, [sealed()])).not.toHaveProperty('error');
});

test('a group message with a part missing, for a stranger, or in the wrong addressing is refused', async () => {
  const test = await annaInGroup();
  const { client } = test;
  await client.socket.assertSessions([jid(DORA)], false);
  const { nodes } = await client.socket.createParticipantNodes([jid(DORA)], { conversation: 'crafted' });
  const refused = { error: '479' };
  expect(await submit(test, [])).toMatchObject(refused);
  expect(await submit(test, [stanza('participants', {}, nodes), sealed()])).toMatchObject(refused);
  expect(await submit(test, [sealed()], { addressing_mode: 'pn' })).toMatchObject(refused);
  const enc = child(nodes[0], 'enc');
  expect(await submit(test, enc ? [enc] : [])).toMatchObject(refused);
  expect(await submit(test, enc ? [enc] : [], { participant: jid(DORA) })).toMatchObject(refused);
  expect(await submit(test, [sealed()], { to: '120363000000000000@g.us' })).toMatchObject({ error: '404' });
});

test('many members write into a group: its client gets everything, its phones do not read it', async () => {
  const test = await annaInGroup();
  const { sandbox, client, group } = test;
  await change(test, { add: [DORA] });
  const run = { to: group, kind: 'group', senders: 3, messages: 60, id: 'load' };
  expect(await sandbox.post('/traffic', run)).toMatchObject({ sent: 60 });
  await client.until(
    'everything',
    () => client.messages.filter((each) => each.message?.conversation).length === 60,
  );
  await sandbox.until('the receipts', async () => (await sandbox.get('/traffic/load')).receipts === 60);
  expect(await sandbox.get('/traffic/load')).toMatchObject({ failed: 0, phoneReceipts: 0, done: true });
  expect(await sandbox.get('/stats')).toMatchObject({ retries: 0 });
  const { id } = await test.say(CARL, 'to everybody');
  expect(await sandbox.inbox(DORA)).toMatchObject([{ id, text: 'to everybody' }]);
  await client.untilText('to everybody');
  expect((await sandbox.get('/stats')).retries).toBe(0);
});

test('a load run asks for as many senders as the group has to offer', async () => {
  const { sandbox, group } = await annaInGroup();
  const run = { to: group, kind: 'group', messages: 1 };
  expect(await sandbox.call('POST', '/traffic', { ...run, senders: 3 })).toMatchObject({ status: 409 });
  expect(await sandbox.call('POST', '/traffic', { ...run, kind: 'direct' })).toMatchObject({ status: 400 });
});
