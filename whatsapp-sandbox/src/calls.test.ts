import type { WACallEvent } from 'baileys';
import { expect, test } from 'vitest';
import type { TestClient } from './testing/client.ts';
import { ANNA, annaInGroup, BERT, CARL } from './testing/groups.ts';
import { type Json, testSandbox } from './testing/sandbox.ts';
import { stanza } from './wire/stanza.ts';

function callsOf(client: TestClient): WACallEvent[] {
  const calls: WACallEvent[] = [];
  client.socket.ev.on('call', (events) => void calls.push(...events));
  return calls;
}

async function annaAndBert() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  const calls = callsOf(client);
  const act = (number: string, body: object) => sandbox.post(`/phones/${number}/act`, body);
  const heard = (status: string) =>
    client.until(`a call to be ${status}`, () => calls.find((call) => call.status === status));
  const phone = async (number: string) => (await sandbox.get(`/phones/${number}/calls`)).calls as Json[];
  return { sandbox, client, act, heard, phone };
}

test('a call rings on phone and companions, and the caller hears who rejects it', async () => {
  const { sandbox, client, act, heard, phone } = await annaAndBert();
  const { callId } = await act(BERT, { action: 'call', to: ANNA, video: true });
  const offer = await heard('offer');
  expect(offer).toMatchObject({ id: callId, isVideo: true, callerPn: `${BERT}@s.whatsapp.net` });
  await sandbox.until('the phone rings', async () => (await phone(ANNA)).length === 1);
  await client.socket.rejectCall(offer.id, offer.from);
  await sandbox.until('Bert hears of it', async () => (await phone(BERT))[0].state === 'rejected');
  const stopped = { state: 'ended', reason: 'rejected_elsewhere' };
  await sandbox.until('it stops ringing', async () => (await phone(ANNA))[0].state === 'ended');
  expect((await phone(ANNA))[0]).toMatchObject({ id: callId, with: BERT, direction: 'incoming', ...stopped });
});

test('a call that the phone takes stops ringing elsewhere, and ends for both', async () => {
  const { act, heard, phone, sandbox } = await annaAndBert();
  const { callId } = await act(BERT, { action: 'call', to: ANNA });
  await heard('offer');
  await sandbox.until('the phone rings', async () => (await phone(ANNA)).length === 1);
  await act(ANNA, { action: 'answer', callId });
  await heard('terminate');
  await act(BERT, { action: 'hangup', callId });
  await sandbox.until('both know', async () => (await phone(ANNA))[0].state === 'ended');
  const again = await sandbox.call('POST', `/phones/${ANNA}/act`, { action: 'answer', callId });
  expect(again.status).toBe(409);
});

test('a call that nobody takes ends with its reason', async () => {
  const { act, heard } = await annaAndBert();
  const { callId } = await act(BERT, { action: 'call', to: ANNA });
  await act(BERT, { action: 'hangup', callId, reason: 'timeout' });
  expect(await heard('timeout')).toMatchObject({ id: callId });
});

test('somebody who is blocked rings nowhere', async () => {
  const { client, act, phone } = await annaAndBert();
  await client.socket.updateBlockStatus(`${BERT}@s.whatsapp.net`, 'block');
  await act(BERT, { action: 'call', to: ANNA });
  expect(await phone(ANNA)).toEqual([]);
});

test('a group call is announced to its members', async () => {
  const { sandbox, client, group } = await annaInGroup();
  const calls = callsOf(client);
  await sandbox.post(`/phones/${CARL}/act`, { action: 'call', to: group });
  const call = await client.until('the notice', () => calls[0]);
  expect(call).toMatchObject({ isGroup: true, groupJid: group });
});

test.each([
  ['an offer without keys', () => [stanza('audio', { enc: 'opus', rate: '16000' })], '479'],
  ['an offer without sound', () => [], '479'],
])('%s is refused', async (_, content, error) => {
  const { client } = await annaAndBert();
  const creator = client.account.creds.me?.id;
  const offer = stanza('offer', { 'call-id': 'A'.repeat(32), 'call-creator': creator }, content());
  const ack = await client.socket.query(stanza('call', { to: `${BERT}@s.whatsapp.net` }, [offer]) as never);
  expect(ack.attrs.error).toBe(error);
});
