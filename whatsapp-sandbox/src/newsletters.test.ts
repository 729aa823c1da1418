import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinaryNode } from 'baileys';
import { describe, expect, test } from 'vitest';
import { makeMessageId } from './phones/sending/submit.ts';
import type { TestClient } from './testing/client.ts';
import { ANNA, BERT, CARL } from './testing/groups.ts';
import { type TestSandbox, testSandbox } from './testing/sandbox.ts';
import { child, stanza } from './wire/stanza.ts';

const SUBSCRIBED = '6388546374527196';

/** Bert's channel with a client on Anna's phone; Carl looks on. */
async function channel(more: object = {}) {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL);
  const client = await sandbox.link(ANNA);
  const made = await sandbox.post('/newsletters', {
    owner: BERT,
    name: 'News',
    description: 'Daily',
    ...more,
  });
  return { sandbox, client, jid: made.jid as string, invite: made.invite as string };
}

async function acceptTerms({ socket }: TestClient): Promise<void> {
  const notice = stanza('notice', { id: '20601218', stage: '5' });
  const attrs = { to: 's.whatsapp.net', type: 'set', xmlns: 'tos', id: socket.generateMessageTag() };
  await socket.query(stanza('iq', attrs, [notice]));
}

async function subscribed({ socket }: TestClient): Promise<string[]> {
  const query = stanza('query', { query_id: SUBSCRIBED }, Buffer.from('{"variables":{}}'));
  const attrs = { to: 's.whatsapp.net', type: 'get', xmlns: 'w:mex', id: socket.generateMessageTag() };
  const result = child(await socket.query(stanza('iq', attrs, [query])), 'result')?.content;
  const { data } = JSON.parse(String(result));
  return data.xwa2_newsletter_subscribed.map(({ id }: { id: string }) => id);
}

/** Notices about channels that a client gets, as their operations. */
function notices({ socket }: TestClient): string[] {
  const seen: string[] = [];
  socket.ws.on('CB:notification', (node: BinaryNode) => {
    const operation = child(node, 'update')?.attrs.op_name;
    if (operation) seen.push(operation);
  });
  return seen;
}

async function ackOf({ socket }: TestClient, jid: string, content: BinaryNode[], attrs = {}) {
  const id = makeMessageId();
  const acked = socket.waitForMessage(id, 5000) as Promise<BinaryNode>;
  await socket.sendNode(stanza('message', { id, to: jid, type: 'text', ...attrs }, content));
  return (await acked).attrs;
}

async function follow(sandbox: TestSandbox, jid: string, number: string): Promise<void> {
  await sandbox.post(`/newsletters/${jid}/followers`, { add: number });
}

describe('making and running a channel', () => {
  test('a client makes one only after it accepted the terms, and runs it', async () => {
    const { client, sandbox } = await channel();
    await expect(client.socket.newsletterCreate('Mine')).rejects.toThrow('Terms of service not accepted');
    await acceptTerms(client);
    // Stock Baileys reads a picture that a new channel has not got: it throws when the channel is there already.
    await expect(client.socket.newsletterCreate('Mine', 'About')).rejects.toThrow(TypeError);
    const [jid = ''] = await subscribed(client);
    const made = await client.socket.newsletterMetadata('jid', jid);
    expect(made).toMatchObject({
      state: { type: 'ACTIVE' },
      thread_metadata: { name: { text: 'Mine' }, description: { text: 'About' }, subscribers_count: '0' },
      viewer_metadata: { role: 'OWNER' },
    });
    await client.socket.newsletterUpdateName(jid, 'Ours');
    expect(await client.socket.newsletterAdminCount(jid)).toBe(1);
    const { newsletters } = await sandbox.get('/newsletters');
    expect(newsletters).toContainEqual(
      expect.objectContaining({ jid, name: 'Ours', staff: { [ANNA]: 'OWNER' } }),
    );
    await client.socket.newsletterDelete(jid);
    await expect(client.socket.newsletterMetadata('jid', jid)).rejects.toThrow('Not Found');
  });

  test('who does not run it may look and follow, and change nothing', async () => {
    const { client, jid, invite } = await channel();
    const { socket } = client;
    expect(await socket.newsletterMetadata('invite', invite)).toMatchObject({
      id: jid,
      viewer_metadata: { role: 'GUEST' },
    });
    await socket.newsletterFollow(jid);
    await socket.newsletterFollow(jid);
    expect(await socket.newsletterMetadata('jid', jid)).toMatchObject({
      thread_metadata: { subscribers_count: '1' },
      viewer_metadata: { role: 'SUBSCRIBER' },
    });
    for (const change of [socket.newsletterUpdateName(jid, 'Mine'), socket.newsletterDelete(jid)]) {
      await expect(change).rejects.toThrow('Forbidden');
    }
    await socket.newsletterUnfollow(jid);
    await expect(socket.newsletterUnfollow(jid)).rejects.toThrow('Not Found');
    expect(await subscribed(client)).toEqual([]);
  });

  test('a private one is followed when its owner says so; a suspended one not at all', async () => {
    const { sandbox, client, jid } = await channel({ private: true });
    const told = notices(client);
    await client.socket.newsletterFollow(jid);
    expect(await subscribed(client)).toEqual([]);
    await sandbox.post(`/newsletters/${jid}/followers`, { approve: ANNA });
    expect(await subscribed(client)).toEqual([jid]);
    await sandbox.post(`/newsletters/${jid}`, { state: 'SUSPENDED', name: 'Old news' });
    await client.until('the notices', () => told.length === 3);
    expect(told).toEqual([
      'NotificationNewsletterJoin',
      'NotificationNewsletterUpdate',
      'NotificationNewsletterStateChange',
    ]);
    await client.socket.newsletterUnfollow(jid);
    await expect(client.socket.newsletterFollow(jid)).rejects.toThrow('Forbidden');
  });
});

describe('posts', () => {
  test("a post of the owner's client reaches followers and the owner's phone, and nobody else", async () => {
    const { sandbox, client } = await channel();
    const { jid } = await sandbox.post('/newsletters', { owner: ANNA, name: 'Mine' });
    await follow(sandbox, jid, BERT);
    const { key } = (await client.socket.sendMessage(jid, { text: 'Hello all' })) ?? {};
    const [post] = await sandbox.inbox(BERT);
    expect(post).toMatchObject({ id: key?.id, chat: jid, from: jid, text: 'Hello all', fromMe: false });
    expect(await sandbox.inbox(ANNA)).toMatchObject([{ id: key?.id, chat: jid, fromMe: true }]);
    expect((await sandbox.get(`/phones/${CARL}/inbox`)).messages).toEqual([]);
  });

  test('a post of a phone comes with its number, and with its changes', async () => {
    const { sandbox, client, jid } = await channel();
    await client.socket.newsletterFollow(jid);
    const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: jid, text: 'First' });
    const message = await client.untilText('First');
    expect(message.key).toMatchObject({ remoteJid: jid, id, fromMe: false, server_id: '100' });
    await sandbox.post(`/phones/${BERT}/act`, { action: 'edit', id, text: 'Second' });
    await sandbox.post(`/phones/${BERT}/act`, { action: 'revoke', id });
    await client.untilDelivered(id, 3);
    expect(client.stanzas.filter(({ attrs }) => attrs.id === id).map(({ attrs }) => attrs.edit)).toEqual([
      undefined,
      '3',
      '8',
    ]);
  });

  test.each<[string, (jid: string) => BinaryNode[], string]>([
    ['that is encrypted', () => [stanza('enc', { v: '2', type: 'skmsg' }, Buffer.alloc(9))], '479'],
    ['without content', () => [stanza('plaintext', {}, Buffer.alloc(0))], '479'],
    ['that is no message', () => [stanza('plaintext', {}, Buffer.from([255, 255]))], '479'],
  ])('a post %s is refused', async (_, content, error) => {
    const { sandbox, client } = await channel();
    const { jid } = await sandbox.post('/newsletters', { owner: ANNA, name: 'Mine' });
    expect(await ackOf(client, jid, content(jid))).toMatchObject({ error });
  });

  test('followers do not post, nobody does in a suspended channel', async () => {
    const { sandbox, client, jid } = await channel();
    const plain = [stanza('plaintext', {}, Buffer.from([10, 1, 65]))];
    await client.socket.newsletterFollow(jid);
    expect(await ackOf(client, jid, plain)).toMatchObject({ error: '403' });
    await sandbox.post(`/newsletters/${jid}`, { admin: ANNA });
    expect(await ackOf(client, jid, plain)).toMatchObject({ server_id: '100' });
    await sandbox.post(`/newsletters/${jid}`, { state: 'SUSPENDED' });
    expect(await ackOf(client, jid, plain)).toMatchObject({ error: '403' });
    expect(await ackOf(client, '120363000000000000@newsletter', plain)).toMatchObject({ error: '404' });
  });

  test('who watches sees reactions and views as they come', async () => {
    const { sandbox, client, jid } = await channel();
    const { socket } = client;
    await socket.newsletterFollow(jid);
    await sandbox.post(`/phones/${BERT}/send`, { to: jid, text: 'First' });
    await client.untilText('First');
    expect(await socket.subscribeNewsletterUpdates(jid)).toEqual({ duration: '300' });
    const updates: BinaryNode[] = [];
    socket.ws.on('CB:notification', (node: BinaryNode) => {
      if (node.attrs.type === 'newsletter') updates.push(node);
    });
    await ackOf(client, jid, [stanza('reaction', { code: '👍' })], { type: 'reaction', server_id: '100' });
    await sandbox.until('the update', async () => updates.length === 1);
    const [newsletter] = (await sandbox.get('/newsletters')).newsletters;
    expect(newsletter.posts).toMatchObject([{ serverId: 100, reactions: ['👍'] }]);
    const page = await socket.newsletterFetchMessages(jid, 10, undefined as never, undefined as never);
    expect(JSON.stringify(page)).toContain('"views_count"');
  });
});

test('channels survive a restart', async () => {
  const state = join(await mkdtemp(join(tmpdir(), 'sandbox-')), 'state.json');
  const first = await testSandbox({ state });
  await first.phones(ANNA, BERT);
  const { jid } = await first.post('/newsletters', { owner: BERT, name: 'News' });
  await follow(first, jid, ANNA);
  await first.post(`/phones/${BERT}/send`, { to: jid, text: 'First' });
  const before = await first.get('/newsletters');
  await first.sandbox.close();
  const second = await testSandbox({ state });
  expect(await second.get('/newsletters')).toEqual(before);
});
