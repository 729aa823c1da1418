import { expect, test } from 'vitest';
import { ANNA, annaInGroup, BERT, CARL, change, DORA, jid, sealed, submit } from './testing/groups.ts';
import { child, children, stanza } from './wire/stanza.ts';

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

test('two members may use the same id: both messages wait for a client that is away', async () => {
  const { sandbox, client, group } = await annaInGroup();
  await client.close();
  for (const number of [BERT, CARL]) {
    await sandbox.post(`/phones/${number}/send`, { to: group, text: `by ${number}`, id: 'SAME' });
  }
  const back = sandbox.client(client.account);
  // Off the wire: Baileys' event buffer takes the two for one.
  await back.untilDelivered('SAME', 2);
  await sandbox.until('nothing waits', async () => {
    const { undelivered } = await sandbox.get('/stats');
    return Object.keys(undelivered).length === 0;
  });
});

test('what several members read while the author is away is told for each of them', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const sent = await client.socket.sendMessage(group, { text: 'read me' });
  for (const number of [BERT, CARL]) await sandbox.inbox(number);
  await client.close();
  for (const phone of [BERT, CARL]) {
    await sandbox.post(`/phones/${phone}/act`, { action: 'read', id: sent?.key.id });
  }
  const back = sandbox.client(client.account);
  const receipts = back.watch('message-receipt.update');
  const readers = () =>
    receipts.flat().flatMap(({ receipt }) => (receipt.readTimestamp ? [receipt.userJid] : []));
  await back.until('both readers', () => new Set(readers()).size === 2);
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

test('a participant hash that is not the current one is answered with the current one', async () => {
  const test = await annaInGroup();
  const { client, group } = test;
  const { participants } = await client.socket.groupMetadata(group);
  const { phash } = await submit(test, [sealed()], { phash: '2:wrong1' });
  expect(phash).toMatch(/^2:[\w+/]{8}$/);
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
