import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { TestClient } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { bytesOf, child, children, type Stanza, stanza } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const SERVER = '@s.whatsapp.net';

async function annaOnline() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  return { sandbox, client: await sandbox.link(ANNA) };
}

function query(client: TestClient, attrs: Record<string, string>, content: Stanza[]): Promise<Stanza> {
  return client.socket.query(stanza('iq', attrs, content)) as Promise<Stanza>;
}

test('a server is named with and without an at sign', async () => {
  const { client } = await annaOnline();
  for (const to of ['g.us', '@g.us']) {
    const answer = await query(client, { to, type: 'get', xmlns: 'w:g2' }, [stanza('participating')]);
    expect(child(answer, 'groups')).toBeDefined();
  }
});

test('the number that a usync query names comes back as bytes', async () => {
  const { client } = await annaOnline();
  const usync = { sid: '1', mode: 'query', context: 'interactive', last: 'true', index: '0' };
  const answer = await query(client, { to: SERVER, type: 'get', xmlns: 'usync' }, [
    stanza('usync', usync, [
      stanza('query', {}, [stanza('contact')]),
      stanza('list', {}, [stanza('user', {}, [stanza('contact', {}, Buffer.from(`+${BERT}`))])]),
    ]),
  ]);
  const [user] = children(child(child(answer, 'usync'), 'list'), 'user');
  expect(bytesOf(child(user, 'contact'))?.toString()).toBe(`+${BERT}`);
  expect(child(user, 'contact')?.content).toBeInstanceOf(Uint8Array);
});

test('the app state holds the name of the account before the keys to it are given out', async () => {
  const { sandbox, client } = await annaOnline();
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  const { actions } = await sandbox.get(`/phones/${ANNA}/app-state`);
  expect(actions).toContainEqual(
    expect.objectContaining({
      collection: 'critical_block',
      index: ['setting_pushName'],
      value: expect.objectContaining({ pushNameSetting: { name: `Phone ${ANNA}` } }),
    }),
  );
});

test('the receipt of an offer takes the call off the queue', async () => {
  const { sandbox, client } = await annaOnline();
  client.socket.ws.removeAllListeners('CB:call');
  const calls: Stanza[] = [];
  client.socket.ws.on('CB:call', (node: Stanza) => calls.push(node));
  await sandbox.post(`/phones/${BERT}/act`, { action: 'call', to: ANNA });
  const { id, from } = (await client.until('the call', () => calls[0])).attrs;
  const left = async () => (await sandbox.get('/phones')).phones[0].devices[0].waiting;
  await sandbox.until('only the call to wait', async () => (await left()) === 1);
  client.send(
    stanza('receipt', { id, to: from }, [stanza('offer', { 'call-id': 'X', 'call-creator': from })]),
  );
  await sandbox.until('nothing to wait', async () => (await left()) === 0);
});

test('uploads take a padded hash, and downloads what clients put behind a path', async () => {
  const { sandbox, client } = await annaOnline();
  const bytes = randomBytes(500);
  const hash = createHash('sha256').update(bytes).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
  const { auth } = await client.socket.refreshMediaConn(true);
  const host = `https://${sandbox.sandbox.info.mediaHost}`;
  const { fetch: trusted } = await trusting(sandbox.sandbox.info.mediaCa);
  const query = new URLSearchParams({ auth, token: hash });
  const upload = await trusted(`${host}/mms/image/${encodeURIComponent(hash)}?${query}`, bytes);
  const { direct_path } = JSON.parse(upload.toString());
  const suffix = `&hash=${encodeURIComponent(hash)}&mms-type=image&__wa-mms=`;
  expect(await trusted(`${host}${direct_path}${suffix}`)).toEqual(bytes);
});

/** HTTPS with the certificate of the media host. */
async function trusting(path: string) {
  const { request } = await import('node:https');
  const { readFile } = await import('node:fs/promises');
  const ca = await readFile(path);
  const servername = 'mmg.whatsapp.net';
  return {
    fetch: (url: string, body?: Uint8Array) =>
      new Promise<Buffer>((resolve, reject) => {
        const asked = request(url, { ca, servername, method: body ? 'POST' : 'GET' }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
          response.on('error', reject);
        });
        asked.on('error', reject);
        asked.end(body);
      }),
  };
}
