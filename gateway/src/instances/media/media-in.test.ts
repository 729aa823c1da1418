import { readdir, rm } from 'node:fs/promises';
import { Newsletter, type Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { type S3Server, startS3 } from '../../testing/s3-server.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { breakDownloads, exchange, sha256, sha256Of, webhookOf } from './testing/files.ts';

const whatsApp = await startWhatsApp();
const S3_ROUTE = '/api/instance/s3/:instance';
const BASE64_ROUTE = '/api/chat/base64/:instance';
const ALL = { mediaBase64: true, events: ['message.exchange', 'message.update'] };
const MIB = 1024 * 1024;

describe.each(databases)('files that come in on $name', ({ open }) => {
  let storage: TestStorage;
  let s3: S3Server;
  let gateway: LinkedGateway;
  let joao: Phone;
  beforeAll(async () => {
    [storage, s3, joao] = await Promise.all([open(), startS3(), whatsApp.newPhone('João Silva')]);
    gateway = await linkedGateway(storage, whatsApp, { MEDIA_FILE_MB: '17' });
  });
  afterAll(() => s3.close());

  async function link(bucket?: object): Promise<LinkedInstance> {
    const instance = await gateway.link(await whatsApp.newPhone());
    if (bucket) expect((await instance.call('POST', S3_ROUTE, s3.settings(bucket))).status).toBe(200);
    return instance;
  }
  const base64 = (instance: LinkedInstance, id: string) =>
    instance.call('GET', `${BASE64_ROUTE}?messageId=${encodeURIComponent(id)}`);
  const sendImage = (instance: LinkedInstance, bytes = 5_000) =>
    joao.sendMedia(instance.phone.number, { kind: 'image', bytes });

  describe('with a bucket and channels that show the file', () => {
    let instance: LinkedInstance;
    beforeAll(async () => {
      instance = await link({});
      await instance.call('POST', '/api/events/websocket/:instance', { enabled: true, mediaBase64: true });
    });

    test.each([
      ['image', { type: 'image', mimeType: 'image/jpeg' }, 'image', 'jpg'],
      ['video', { type: 'video' }, 'video', 'mp4'],
      ['gif', { type: 'video', isAnimated: true }, 'video', 'mp4'],
      ['ptv', { type: 'ptv' }, 'video', 'mp4'],
      ['audio', { type: 'audio' }, 'audio', 'mp3|m4a'],
      ['voice', { type: 'ptt', isVoiceNote: true }, 'audio', 'ogg'],
      ['document', { type: 'document' }, 'document', 'pdf|bin'],
      ['sticker', { type: 'sticker' }, 'sticker', 'webp'],
    ])(
      '%s: webhook, socket, bucket and the answer of base64 hold the same bytes',
      async (kind, block, type, extension) => {
        const hook = await webhookOf(instance, ALL);
        const { id, media } = await joao.sendMedia(instance.phone.number, { kind, bytes: 70_000 });
        const shown = [await exchange(hook, id), await instance.exchange(id)];
        for (const { data } of shown) {
          expect(data.message.media).toMatchObject({ ...block, error: null, size: 70_000 });
          expect(sha256Of(data.message.media.base64)).toBe(media.sha256);
        }
        const { s3Url } = shown[0]!.data.message.media;
        expect(s3Url).toMatch(new RegExp(`/media/media/sales/${id}\\.(${extension})$`));
        expect(sha256(new Uint8Array(await (await s3.fetch(s3Url)).arrayBuffer()))).toBe(media.sha256);
        const answer = await base64(instance, id);
        expect(answer.body).toMatchObject({ success: true, message_id: id, media_type: type });
        expect(sha256Of(answer.body.base64)).toBe(media.sha256);
      },
    );

    test('the event log holds the address and never the file', async () => {
      const { id } = await sendImage(instance);
      await instance.exchange(id);
      const { body } = await instance.call(
        'GET',
        '/api/events/log/:instance?limit=500&events=message.exchange',
      );
      const logged = body.events.find(({ data }: { data: { id: string } }) => data.id === id);
      expect(logged.data.message.media).toMatchObject({
        s3Url: expect.stringContaining(id),
        base64: null,
        error: null,
      });
    });

    test('what is sent through the phone is a file of ours too', async () => {
      const { id, media } = await instance.phone.sendMedia(joao.number, { kind: 'image', bytes: 900 });
      const { data } = await instance.exchange(id);
      expect(data).toMatchObject({ direction: 'outgoing' });
      expect(sha256Of(data.message.media.base64)).toBe(media.sha256);
    });

    test('a document that calls itself something else is only ever for saving', async () => {
      const document = {
        kind: 'document',
        bytes: 100,
        mimetype: 'text/html\r\nx: y',
        fileName: '../../a/b.HTML',
      };
      const { id } = await joao.sendMedia(instance.phone.number, document);
      const { s3Url } = (await instance.exchange(id)).data.message.media;
      expect(s3Url).toMatch(new RegExp(`/media/media/sales/${id}\\.html$`));
      const { headers } = await s3.fetch(s3Url);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toBe('attachment');
    });

    test('an id that comes again in another chat overwrites nothing', async () => {
      const maria = await whatsApp.newPhone('Maria');
      const id = 'A5B0C1D2E3F405162738';
      const [first, second] = [joao, maria].map((phone) => async () => {
        await phone.send(instance.phone.number, { media: { kind: 'image', bytes: 100 } }, { id });
      });
      await first!();
      const one = await instance.exchange(id);
      await second!();
      const two = await instance.events.expect('the other', ({ data }) => data.id === id, 2);
      expect(one.data.message.media.s3Url).not.toBe(two.data.message.media.s3Url);
      expect(one.data.message.media.base64).not.toBe(two.data.message.media.base64);
    });
  });

  test('without a bucket and without base64 the event leaves at once, and the file can be had later', async () => {
    const instance = await link();
    const hook = await webhookOf(instance);
    await breakDownloads(whatsApp, { delay: 700, times: 1 });
    const { id, media } = await sendImage(instance);
    const shown = await exchange(hook, id);
    expect(shown.data.message.media).toMatchObject({ s3Url: null, base64: null, error: null });
    // It is being fetched, so the answer waits.
    const answer = await base64(instance, id);
    expect(Object.keys(answer.body)).toEqual([
      'success',
      'message',
      'message_id',
      'mime_type',
      'media_type',
      'base64',
    ]);
    expect(sha256Of(answer.body.base64)).toBe(media.sha256);
  });

  test('each channel gets what it asked for', async () => {
    const instance = await link();
    const [full, plain] = [await webhookOf(instance, ALL), await webhookOf(instance, { label: 'plain' })];
    const { id, media } = await sendImage(instance);
    expect(sha256Of((await exchange(full, id)).data.message.media.base64)).toBe(media.sha256);
    expect((await exchange(plain, id)).data.message.media).toMatchObject({ base64: null, error: null });
    expect((await instance.exchange(id)).data.message.media).toMatchObject({ base64: null, error: null });
  });

  test('a file that is too large for a channel says so, and one that is too large for all is not fetched', async () => {
    const instance = await link({});
    await instance.call('POST', '/api/events/websocket/:instance', { enabled: true, mediaBase64: true });
    const hook = await webhookOf(instance, ALL);
    const onSocket = await sendImage(instance, MIB + 1);
    expect(sha256Of((await exchange(hook, onSocket.id)).data.message.media.base64)).toBe(
      onSocket.media.sha256,
    );
    expect((await instance.exchange(onSocket.id)).data.message.media).toMatchObject({
      base64: null,
      error: 'too_large',
      s3Url: expect.stringContaining(onSocket.id),
    });
    const onBoth = await sendImage(instance, 16 * MIB + 1);
    expect((await exchange(hook, onBoth.id)).data.message.media).toMatchObject({
      base64: null,
      error: 'too_large',
    });
    expect(sha256Of((await base64(instance, onBoth.id)).body.base64)).toBe(onBoth.media.sha256);
    const never = await sendImage(instance, 17 * MIB + 1);
    expect((await exchange(hook, never.id)).data.message.media).toMatchObject({
      s3Url: null,
      error: 'too_large',
    });
    expect((await base64(instance, never.id)).status).toBe(404);
  });

  test.each([
    ['wrong credentials', { secretKey: 'wrong' }],
    ['a missing bucket', { bucket: 'nowhere' }],
  ])('%s: the event goes out at once, with the file and the reason', async (_, fields) => {
    const instance = await link(fields);
    const hook = await webhookOf(instance, ALL);
    const { id, media } = await sendImage(instance);
    const shown = (await exchange(hook, id)).data.message.media;
    expect(shown).toMatchObject({ s3Url: null, error: 'upload_failed' });
    expect(sha256Of(shown.base64)).toBe(media.sha256);
  });

  test('a file that was damaged on the way is fetched again', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    await breakDownloads(whatsApp, { damaged: true, times: 1 });
    const { id, media } = await sendImage(instance);
    const shown = (await exchange(hook, id)).data.message.media;
    expect(shown.error).toBeNull();
    expect(sha256Of(shown.base64)).toBe(media.sha256);
  });

  test('a file that WhatsApp has no longer is uploaded again by the phone', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    await breakDownloads(whatsApp, { status: 410, times: 1 });
    const { id, media } = await sendImage(instance);
    const shown = (await exchange(hook, id)).data.message.media;
    expect(sha256Of(shown.base64)).toBe(media.sha256);
  });

  test('a file that no device has any more is given up', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    await breakDownloads(whatsApp, { status: 503 });
    const { id } = await sendImage(instance);
    await instance.phone.sees(id);
    await fetch(`${whatsApp.control}/phones/${instance.phone.number}/media/${id}`, { method: 'DELETE' });
    await breakDownloads(whatsApp, { status: 404 });
    expect((await exchange(hook, id)).data.message.media).toMatchObject({ base64: null, error: 'expired' });
    await breakDownloads(whatsApp, { times: 0 });
    expect((await base64(instance, id)).body.error.message).toBe('Message not found or no media available');
  });

  test('what a channel posts is not encrypted, and a file all the same', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    const channel = await Newsletter.make(whatsApp.control, joao.number, 'Blue Store News');
    await channel.follow(instance.phone.number);
    const { id, media } = await joao.sendMedia(channel.jid, { kind: 'image', bytes: 3_000 });
    const { data } = await exchange(hook, id);
    expect(data.chat).toMatchObject({ jid: channel.jid, type: 'newsletter' });
    expect(sha256Of(data.message.media.base64)).toBe(media.sha256);
  });

  test('a document with a caption is a file inside its envelope', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    const document = { kind: 'document', bytes: 700, caption: 'read this', fileName: 'offer.pdf' };
    const { id, media } = await joao.sendMedia(instance.phone.number, document);
    const shown = (await exchange(hook, id)).data.message.media;
    expect(shown).toMatchObject({ caption: 'read this', fileName: 'offer.pdf' });
    expect(sha256Of(shown.base64)).toBe(media.sha256);
  });

  test('what was removed from the folder is fetched anew', async () => {
    const instance = await link({ bucket: 'nowhere' });
    const { id, media } = await sendImage(instance);
    await instance.exchange(id);
    await expect.poll(async () => (await base64(instance, id)).status).toBe(200);
    await rm(`${storage.folder}/media/${instance.id}`, { recursive: true });
    await instance.call('POST', S3_ROUTE, s3.settings());
    const due = storage.db.updateTable('media').set({ next_attempt_at: 0 }).where('message_id', '=', id);
    await due.execute();
    await expect
      .poll(async () => sha256Of((await base64(instance, id)).body.base64 ?? ''))
      .toBe(media.sha256);
  });

  test('two instances that got the same file never see each other’s', async () => {
    const [one, other] = [await link(), await link()];
    const data = Buffer.from('the same file').toString('base64');
    const { id } = await joao.sendMedia(one.phone.number, { kind: 'image', data });
    await one.exchange(id);
    expect((await base64(one, id)).status).toBe(200);
    expect((await base64(other, id)).status).toBe(404);
    const rows = await storage.db.selectFrom('media').select('id').where('message_id', '=', id).execute();
    expect(rows).toHaveLength(1);
  });

  test('a stored file is there while the instance is offline, another one then is not', async () => {
    const instance = await link();
    const { id, media } = await sendImage(instance);
    await instance.exchange(id);
    expect((await base64(instance, id)).status).toBe(200);
    await breakDownloads(whatsApp, { status: 503 });
    const { id: missing } = await sendImage(instance);
    await instance.exchange(missing);
    await instance.call('DELETE', '/api/instance/logout/:instance');
    expect(sha256Of((await base64(instance, id)).body.base64)).toBe(media.sha256);
    const offline = await base64(instance, missing);
    expect([offline.status, offline.body.error.message]).toEqual([
      503,
      'Instance is not connected to WhatsApp',
    ]);
    await breakDownloads(whatsApp, { times: 0 });
  });

  test('the files of a deleted instance go with it', async () => {
    const instance = await link();
    const { id } = await sendImage(instance);
    await instance.exchange(id);
    await base64(instance, id);
    const folders = () => readdir(`${storage.folder}/media`);
    expect(await folders()).toContain(instance.id);
    await gateway.call('DELETE', `/api/instance/delete/${instance.name}`, instance.account);
    await expect.poll(folders).not.toContain(instance.id);
  });
});
