import type { WAMessage } from 'baileys';
import { makeMessageId } from '../phones/sending/submit.ts';
import { type Stanza, stanza } from '../wire/stanza.ts';
import type { TestClient } from './client.ts';
import { type TestSandbox, testSandbox } from './sandbox.ts';

export const ANNA = '4915100000001';
export const BERT = '4915100000002';
export const CARL = '4915100000003';
export const DORA = '4915100000004';
export const jid = (number: string) => `${number}@s.whatsapp.net`;

export interface GroupTest {
  sandbox: TestSandbox;
  client: TestClient;
  group: string;
  say(number: string, text: string): Promise<{ id: string }>;
}

/** Bert's group of Anna, Bert and Carl, with a client on Anna's phone. */
export async function annaInGroup(): Promise<GroupTest> {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL, DORA);
  const client = await sandbox.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  const made = { owner: BERT, subject: 'Choir', participants: [ANNA, CARL] };
  const { jid: group } = await sandbox.post('/groups', made);
  const say = (number: string, text: string) => sandbox.post(`/phones/${number}/send`, { to: group, text });
  return { sandbox, client, group, say };
}

export async function change(test: GroupTest, body: { add?: string[]; remove?: string[] }): Promise<void> {
  await test.sandbox.post(`/groups/${test.group}/participants`, body);
}

/** Submits a message stanza to the group as it is, and returns the server's ack. */
export async function submit(test: GroupTest, content: Stanza[], attrs = {}): Promise<Stanza['attrs']> {
  const { client, group } = test;
  const id = makeMessageId();
  const acked = client.socket.waitForMessage(id, 5000) as Promise<Stanza>;
  await client.socket.sendNode(stanza('message', { id, to: group, type: 'text', ...attrs }, content));
  return (await acked).attrs;
}

/** A ciphertext that the server cannot distinguish from a valid one. */
export const sealed = () => stanza('enc', { v: '2', type: 'skmsg' }, Buffer.alloc(100, 7));

export const hasText = (client: TestClient, text: string) =>
  client.messages.some((each: WAMessage) => each.message?.conversation === text);
