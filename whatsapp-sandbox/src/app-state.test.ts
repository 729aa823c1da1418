import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaileysEventMap, proto } from 'baileys';
import { expect, test } from 'vitest';
import type { TestClient } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { child, childBytes, stanza } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const BERT_JID = `${BERT}@s.whatsapp.net`;

async function annaWith(...companions: ('first' | 'second')[]) {
  const sandbox = await testSandbox();
  await sandbox.post('/phones', { number: ANNA, business: true });
  await sandbox.phones(BERT);
  const act = (action: string, details: object = {}) =>
    sandbox.post(`/phones/${ANNA}/act`, { action, ...details });
  const state = () => sandbox.get(`/phones/${ANNA}/app-state`);
  /** What the phone knows of an entry of the app state. */
  const known = async (...index: string[]) =>
    (await state()).actions.find((action: { index: string[] }) => `${action.index}` === `${index}`)?.value;
  const clients: TestClient[] = [];
  for (const _ of companions) {
    const client = await sandbox.link(ANNA);
    await client.until('the key of the app state', () => client.account.creds.myAppStateKeyId);
    clients.push(client);
  }
  return { sandbox, act, state, known, clients };
}

test('what a stock companion changes is known to the phone and to the other companion', async () => {
  const { known, clients } = await annaWith('first', 'second');
  const [first, second] = clients as [TestClient, TestClient];
  const updates = second.watch('chats.update');
  const labels = second.watch('labels.edit');
  await first.socket.chatModify({ mute: 1_800_000_000_000 }, BERT_JID);
  await first.socket.chatModify({ pin: true }, BERT_JID);
  await first.socket.addLabel('', { id: '3', name: 'VIP', color: 5 });
  expect(await known('mute', BERT_JID)).toMatchObject({ muteAction: { muted: true } });
  expect(await known('pin_v1', BERT_JID)).toMatchObject({ pinAction: { pinned: true } });
  expect(await known('label_edit', '3')).toMatchObject({ labelEditAction: { name: 'VIP', color: 5 } });
  await second.until('the label', () => labels.find(({ id, name }) => id === '3' && name === 'VIP'));
  await second.until('mute and pin', () => {
    const all = updates.flat();
    return (
      all.some(({ muteEndTime }) => muteEndTime === 1_800_000_000_000) && all.some(({ pinned }) => pinned)
    );
  });
});

test('what the phone changes arrives at a stock companion, also when it was away', async () => {
  const { sandbox, act, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  const updates = client.watch('chats.update');
  await act('archive', { chat: BERT, addressing: 'pn' });
  await client.until('the archived chat', () =>
    updates.flat().find(({ id, archived }) => id === BERT_JID && archived === true),
  );
  await client.close();
  await act('label', { id: '1', name: 'Important', color: 0 });
  await act('label-chat', { label: '1', chat: BERT, addressing: 'pn' });
  await act('contact', { number: BERT, fullName: 'Bert Brecht' });
  const back = sandbox.client(client.account);
  const seen = {
    edit: back.watch('labels.edit'),
    association: back.watch('labels.association'),
    contact: back.watch('contacts.upsert'),
  };
  await back.until('the label', () => seen.edit.find(({ name }) => name === 'Important'));
  await back.until('its chat', () =>
    seen.association.find(({ association }) => association.chatId === BERT_JID),
  );
  await back.until('the contact', () => seen.contact.flat().find(({ name }) => name === 'Bert Brecht'));
});

test('what a device missed comes in several answers, and the whole of it as a file with what is newer', async () => {
  const { sandbox, act, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  const first = client.watch('labels.edit');
  await act('label', { id: '1', name: 'Label 1' });
  await client.until('the first label', () => first.length > 0);
  await client.close();
  for (let id = 2; id <= 45; id++)
    await act('label', { id: String(id), name: `Label ${id}`, color: id % 11 });
  const back = sandbox.client(client.account);
  const labels: BaileysEventMap['labels.edit'][] = back.watch('labels.edit');
  await back.until('every label', () => new Set(labels.map(({ id }) => id)).size >= 44);
  const whole = stanza('collection', { name: 'regular', version: '0', return_snapshot: 'true' });
  const attrs = { to: '@s.whatsapp.net', type: 'set', xmlns: 'w:sync:app:state' };
  const answer = await back.socket.query(stanza('iq', attrs, [stanza('sync', {}, [whole])]));
  const collection = child(child(answer, 'sync'), 'collection');
  expect(collection?.attrs).toMatchObject({ version: '45', has_more_patches: 'false' });
  expect(child(collection, 'patches')?.content).toHaveLength(5);
  const { mediaKey, directPath } = proto.ExternalBlobReference.decode(childBytes(collection, 'snapshot')!);
  expect(mediaKey).toHaveLength(32);
  expect(directPath).toMatch(/^\/v\//);
});

test('a patch that is not on top of the present version is refused with 409 and what it missed', async () => {
  const { sandbox, act, state, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  await act('label', { id: '1', name: 'Important' });
  const patch = proto.SyncdPatch.encode({
    mutations: [{ record: record() }],
    snapshotMac: new Uint8Array(32),
    patchMac: new Uint8Array(32),
    keyId: { id: new Uint8Array(6) },
  }).finish();
  const answer = child(child(await upload(client, 'regular', '0', patch), 'sync'), 'collection');
  expect(answer?.attrs).toMatchObject({ type: 'error', version: '1' });
  expect(child(answer, 'error')?.attrs.code).toBe('409');
  expect(child(answer, 'patches')?.content).toHaveLength(1);
  expect((await state()).collections.regular).toEqual({ version: 1, damaged: null });
  // The phone's name and locale, from when the client was linked, and one patch more.
  expect((await sandbox.get('/stats')).appState).toMatchObject({ patches: 3, conflicts: 1, damaged: 0 });
});

test('a patch with wrong MACs is taken by the server, which has no key, and not believed by the phone', async () => {
  const { sandbox, state, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  const forged = proto.SyncdPatch.encode({
    mutations: [{ record: record() }],
    snapshotMac: new Uint8Array(32),
    patchMac: new Uint8Array(32),
    keyId: { id: Buffer.from(client.account.creds.myAppStateKeyId ?? '', 'base64') },
  }).finish();
  await upload(client, 'regular', '0', forged);
  expect((await state()).collections.regular).toEqual({ version: 0, damaged: 'the MAC of a patch is wrong' });
  expect((await sandbox.get('/stats')).appState.damaged).toBe(1);
});

test('what is no patch, and an unknown collection, are refused', async () => {
  const { clients, state } = await annaWith('first');
  const [client] = clients as [TestClient];
  const answer = await upload(client, 'regular', '0', Buffer.from('nonsense'));
  expect(child(child(child(answer, 'sync'), 'collection'), 'error')?.attrs.code).toBe('400');
  await expect(upload(client, 'irregular', '0', new Uint8Array())).rejects.toThrow('bad-request');
  expect((await state()).collections.regular.version).toBe(0);
});

test('companions go on with a new key, and a later one reads what was made with both', async () => {
  const { sandbox, act, known, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  const old = client.account.creds.myAppStateKeyId;
  await act('rotate-key');
  await client.until('the new key', () => client.account.creds.myAppStateKeyId !== old);
  await client.socket.chatModify({ pin: true }, BERT_JID);
  expect(await known('pin_v1', BERT_JID)).toMatchObject({ pinAction: { pinned: true } });
  await act('archive', { chat: BERT, addressing: 'pn' });
  const second = await sandbox.link(ANNA);
  await second.until('both keys', () => second.account.creds.myAppStateKeyId !== undefined);
  await second.socket.chatModify({ archive: false, lastMessages: [] }, BERT_JID);
  expect(await known('archive', BERT_JID)).toMatchObject({ archiveChatAction: { archived: false } });
});

test('blocking on the phone is told to companions, and the other way round', async () => {
  const { act, sandbox, clients } = await annaWith('first');
  const [client] = clients as [TestClient];
  const lists = client.watch('blocklist.update');
  await act('block', { number: BERT });
  await client.until('the blocked number', () => lists.find(({ type }) => type === 'add'));
  expect(await client.socket.fetchBlocklist()).toEqual(lists[0]?.blocklist);
  await client.socket.updateBlockStatus(lists[0]?.blocklist[0] ?? '', 'unblock');
  const { phones } = await sandbox.get('/phones');
  expect(phones.find(({ number }: { number: string }) => number === ANNA).blocked).toEqual([]);
});

test('a restarted sandbox has the app state, its keys and who is blocked', async () => {
  const state = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json');
  const before = await testSandbox({ state });
  await before.post('/phones', { number: ANNA, business: true });
  await before.phones(BERT);
  await before.post(`/phones/${ANNA}/act`, { action: 'label', id: '1', name: 'Important' });
  await before.sandbox.close();
  const after = await testSandbox({ state });
  const { actions } = await after.get(`/phones/${ANNA}/app-state`);
  expect(actions).toMatchObject([
    { index: ['label_edit', '1'], value: { labelEditAction: { name: 'Important' } } },
  ]);
  await after.post(`/phones/${ANNA}/act`, { action: 'label', id: '2', name: 'VIP' });
});

function record() {
  return {
    index: { blob: new Uint8Array(32) },
    value: { blob: new Uint8Array(96) },
    keyId: { id: new Uint8Array(6) },
  };
}

function upload(client: TestClient, name: string, version: string, patch: Uint8Array) {
  const collection = stanza('collection', { name, version, return_snapshot: 'false' }, [
    stanza('patch', {}, patch),
  ]);
  const attrs = { to: '@s.whatsapp.net', type: 'set', xmlns: 'w:sync:app:state' };
  return client.socket.query(stanza('iq', attrs, [stanza('sync', {}, [collection])]));
}
