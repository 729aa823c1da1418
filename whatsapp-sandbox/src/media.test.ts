import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type AnyMessageContent, downloadMediaMessage, type WAMessage } from 'baileys';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from './index.ts';
import { MEDIA_KINDS } from './phones/media/sending.ts';
import type { TestClient } from './testing/client.ts';
import { ANNA, BERT, jid } from './testing/groups.ts';
import { TestSandbox } from './testing/sandbox.ts';

const log = pino({ level: 'silent' }) as never;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

// One sandbox and one linked client for all: what differs is the file.
let sandbox: TestSandbox;
let client: TestClient;
let host: Sandbox;

beforeAll(async () => {
  host = await startSandbox();
  sandbox = new TestSandbox(host);
  const ca = readFileSync(host.info.mediaCa, 'utf8');
  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, ca]);
  await sandbox.phones(ANNA, BERT);
  client = await sandbox.link(ANNA, { fetchAgent: new Agent({ ca }) });
  return async () => {
    await sandbox.close();
    setDefaultCACertificates(trusted);
  };
});

/** What the phone shows of a message that the stock client sent. */
async function sent(content: AnyMessageContent) {
  const message = await client.socket.sendMessage(jid(BERT), content);
  const after = (await sandbox.get(`/phones/${BERT}/inbox`)).messages;
  const entry = after.find((each: { id: string }) => each.id === message?.key.id);
  return { message, entry: entry ?? (await arrival(message?.key.id ?? '')) };
}

async function arrival(id: string, number = BERT) {
  for (let after = 0; ; ) {
    const entries = await sandbox.inbox(number, after);
    const found = entries.find((entry) => entry.id === id);
    if (found) return found;
    after = entries.at(-1)?.seq ?? after;
  }
}

function received(id: string): Promise<WAMessage> {
  return client.until(`the message ${id}`, () => client.messages.find((each) => each.key.id === id));
}

const bytes = (of: WAMessage) =>
  downloadMediaMessage(of, 'buffer', {}, { logger: log, reuploadRequest: client.socket.updateMediaMessage });

describe('files of a stock client', () => {
  const file = randomBytes(100_001);

  test.each<[string, AnyMessageContent]>([
    ['image', { image: file, jpegThumbnail: 'AAAA' }],
    ['video', { video: file, jpegThumbnail: 'AAAA' }],
    ['document', { document: file, mimetype: 'application/pdf', fileName: 'a.pdf' }],
    ['audio', { audio: file, seconds: 3, mimetype: 'audio/mp4' }],
    ['sticker', { sticker: file }],
  ])('the phone decrypts an %s and shows size and hash of the clear file', async (kind, content) => {
    const { entry } = await sent(content);
    expect(entry).toMatchObject({ kind, media: { kind, size: file.length, sha256: sha256(file) } });
    const copy = await fetch(`${host.info.control}/phones/${BERT}/media/${entry.id}`);
    expect(sha256(Buffer.from(await copy.arrayBuffer()))).toBe(sha256(file));
  });

  test('a message whose file is another than it says is shown with the reason', async () => {
    const { message } = await sent({ image: file, jpegThumbnail: 'AAAA' });
    const image = message?.message?.imageMessage;
    const wrong = randomBytes(32);
    const cases = [
      [{ fileSha256: wrong }, 'the hash of the file is wrong'],
      [{ fileEncSha256: wrong }, 'the hash of the encrypted file is wrong'],
      [{ mediaKey: wrong }, 'the HMAC of the file is wrong'],
      [{ fileLength: 5 }, 'the length of the file is wrong'],
      [{ directPath: '/v/t62.7118-24/none' }, 'the media host answers 404'],
    ] as const;
    for (const [change, error] of cases) {
      const id = await client.socket.relayMessage(jid(BERT), { imageMessage: { ...image, ...change } }, {});
      expect((await arrival(id)).media).toMatchObject({ error });
    }
  });
});

describe('files of a phone', () => {
  test.each(MEDIA_KINDS)("a stock client downloads and decrypts a phone's %s", async (kind) => {
    const file = randomBytes(70_000);
    const media = { kind, data: file.toString('base64'), fileName: 'name' };
    const answer = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, media });
    expect(answer.media).toMatchObject({ size: file.length, sha256: sha256(file) });
    const message = await received(answer.id);
    if (kind === 'ptv') message.message = { videoMessage: message.message?.ptvMessage ?? null };
    expect(sha256((await bytes(message)) as Buffer)).toBe(sha256(file));
  });

  test('view-once pictures and documents with a caption come in their envelopes', async () => {
    const data = randomBytes(50).toString('base64');
    const post = (media: object) => sandbox.post(`/phones/${BERT}/send`, { to: ANNA, media });
    const once = await received((await post({ kind: 'image', data, viewOnce: true })).id);
    expect(once.message?.viewOnceMessageV2?.message?.imageMessage?.viewOnce).toBe(true);
    const paper = await received((await post({ kind: 'document', data, caption: 'read this' })).id);
    expect(paper.message?.documentWithCaptionMessage?.message?.documentMessage?.caption).toBe('read this');
  });

  test('what a channel posts is not encrypted, and its followers get it', async () => {
    const { jid: channel } = await sandbox.post('/newsletters', { owner: BERT, name: 'News' });
    await sandbox.post(`/newsletters/${channel}/followers`, { add: ANNA });
    const file = randomBytes(3000);
    const media = { kind: 'image', data: file.toString('base64') };
    const answer = await sandbox.post(`/phones/${BERT}/send`, { to: channel, media });
    const stored = await fetch(`https://${host.info.mediaHost}${answer.media.directPath}`);
    expect(sha256(Buffer.from(await stored.arrayBuffer()))).toBe(sha256(file));
    expect(await arrival(answer.id, ANNA)).toMatchObject({
      chat: channel,
      media: { size: 3000, sha256: sha256(file) },
    });
  });

  test('an expired file is uploaded again by the phone when the client asks, and refused when it is lost', async () => {
    const file = randomBytes(1000);
    const media = { kind: 'image', data: file.toString('base64') };
    const answer = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, media });
    const message = await received(answer.id);
    // The client's own phone keeps a copy of what its companion received.
    const copy = `${host.info.control}/phones/${ANNA}/media/${answer.id}`;
    await sandbox.until('the copy', async () => (await fetch(copy)).ok);
    await sandbox.post('/media/expire', { directPath: answer.media.directPath });
    await expect(bytes(structuredClone(message))).rejects.toThrow('Failed to fetch');
    const renewed = await client.socket.updateMediaMessage(structuredClone(message));
    expect(renewed.message?.imageMessage?.directPath).not.toBe(answer.media.directPath);
    expect(sha256((await bytes(renewed)) as Buffer)).toBe(sha256(file));
    await sandbox.call('DELETE', `/phones/${ANNA}/media/${answer.id}`);
    await expect(client.socket.updateMediaMessage(structuredClone(message))).rejects.toThrow('re-upload');
  });
});

describe('the media host', () => {
  const body = randomBytes(5000);
  const hash = createHash('sha256').update(body).digest('base64url');
  const upload = (path: string, content = body) =>
    fetch(`https://${host.info.mediaHost}${path}`, { method: 'POST', body: new Uint8Array(content) });

  async function auth(): Promise<string> {
    return (await client.socket.refreshMediaConn(true)).auth;
  }

  test('takes only what has a valid auth token and the hash that its path names', async () => {
    const good = `auth=${await auth()}`;
    const path = `/mms/image/${hash}?${good}&token=${hash}`;
    expect((await upload(path)).status).toBe(200);
    expect((await upload(`/mms/image/${hash}?auth=x&token=${hash}`)).status).toBe(401);
    expect((await upload(`/mms/image/${hash}?${good}&token=other`)).status).toBe(400);
    expect((await upload(path, randomBytes(5000))).status).toBe(400);
    expect((await upload(path, Buffer.alloc(0))).status).toBe(400);
    expect((await upload(`/elsewhere/${hash}?${good}&token=${hash}`)).status).toBe(404);
    await sandbox.post('/media/uploads', { status: 503 });
    expect((await upload(path)).status).toBe(503);
    await sandbox.post('/media/uploads');
    expect((await upload(path)).status).toBe(200);
  });

  test('serves a stored file whole or in ranges until it expires', async () => {
    const path = `/mms/document/${hash}?auth=${await auth()}&token=${hash}`;
    const { url = '', direct_path } = (await (await upload(path)).json()) as Record<string, string>;
    const get = async (range?: string) => {
      const answer = await fetch(url, range ? { headers: { range } } : {});
      return [answer.status, Buffer.from(await answer.arrayBuffer()).toString('hex')];
    };
    expect(await get()).toEqual([200, body.toString('hex')]);
    expect(await get('bytes=16-31')).toEqual([206, body.subarray(16, 32).toString('hex')]);
    expect(await get('bytes=4990-')).toEqual([206, body.subarray(4990).toString('hex')]);
    expect((await get('bytes=5000-'))[0]).toBe(416);
    expect((await fetch(url.replace('oh=', 'oh=x'))).status).toBe(404);
    await sandbox.post('/media/expire', { directPath: direct_path, status: 404 });
    expect((await get())[0]).toBe(404);
  });
});
