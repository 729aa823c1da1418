import { expect, test } from 'vitest';
import {
  ANNA,
  annaInGroup,
  BERT,
  CARL,
  change,
  DORA,
  hasText,
  jid,
  sealed,
  submit,
} from './testing/groups.ts';
import { children } from './wire/stanza.ts';

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
