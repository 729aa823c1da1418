import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import type { EventList } from '../../testing/event-list.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { type S3Server, startS3 } from '../../testing/s3-server.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';
import { breakDownloads, exchange, sha256Of, update, webhookOf } from './testing/files.ts';

const whatsApp = await startWhatsApp();
const ALL = { mediaBase64: true, events: ['message.exchange', 'message.update'] };

describe.each(databases)('files that come late on $name', ({ open }) => {
  let s3: S3Server;
  let gateway: LinkedGateway;
  let joao: Phone;
  beforeAll(async () => {
    const storage = await open();
    [s3, joao] = await Promise.all([startS3(), whatsApp.newPhone('João Silva')]);
    gateway = await linkedGateway(storage, whatsApp, { MEDIA_WAIT_SECONDS: '1' });
  });
  afterAll(() => s3.close());

  async function link(bucket = false): Promise<LinkedInstance> {
    const instance = await gateway.link(await whatsApp.newPhone());
    if (bucket) await instance.call('POST', '/api/instance/s3/:instance', s3.settings());
    return instance;
  }
  const messagesOf = (events: EventList) =>
    events
      .all()
      .filter(({ event }) => event === 'message.exchange')
      .map(({ data }) => data.id);

  test('a slow bucket: the event goes out in its turn and says so, an update follows', async () => {
    const instance = await link(true);
    const hook = await webhookOf(instance, ALL);
    const bucket = s3.hold();
    const { id, media } = await joao.sendMedia(instance.phone.number, { kind: 'image', bytes: 5_000 });
    const behind = await joao.send(instance.phone.number, 'and this');
    for (const events of [hook, instance.events]) {
      const shown = await exchange(events, id);
      expect(shown.data.message.media).toMatchObject({ s3Url: null, base64: null, error: 'timeout' });
      await exchange(events, behind);
      expect(messagesOf(events)).toEqual([id, behind]);
    }
    bucket.release();
    const ready = await update(hook, id);
    expect(Object.keys(ready.data)).toEqual(['messageId', 'change', 'chat', 'timestamp', 'media']);
    expect(ready.data).toMatchObject({
      change: 'media_ready',
      chat: { jid: `${joao.number}@s.whatsapp.net` },
      media: { type: 'image', s3Url: expect.stringContaining(id), error: null, size: 5_000 },
    });
    expect(sha256Of(ready.data.media.base64)).toBe(media.sha256);
    expect((await update(instance.events, id)).data.media).toMatchObject({ base64: null, error: null });
    const answer = await instance.call('GET', `/api/chat/base64/:instance?messageId=${id}`);
    expect(sha256Of(answer.body.base64)).toBe(media.sha256);
  });

  test('a slow bucket holds up no other instance', async () => {
    const [slow, quick] = [await link(true), await link()];
    const hooks = [await webhookOf(slow, ALL), await webhookOf(quick, ALL)];
    const bucket = s3.hold();
    for (let n = 0; n < 10; n++) await joao.sendMedia(slow.phone.number, { kind: 'image', bytes: 500 });
    const { id, media } = await joao.sendMedia(quick.phone.number, { kind: 'image', bytes: 500 });
    const shown = await exchange(hooks[1]!, id);
    expect(sha256Of(shown.data.message.media.base64)).toBe(media.sha256);
    expect(messagesOf(hooks[0]!)).toEqual([]);
    bucket.release();
  });

  test('a file that does not come in time and never will is reported twice', async () => {
    const instance = await link();
    const hook = await webhookOf(instance, ALL);
    await breakDownloads(whatsApp, { damaged: true });
    const { id } = await joao.sendMedia(instance.phone.number, { kind: 'image', bytes: 500 });
    expect((await exchange(hook, id)).data.message.media).toMatchObject({ error: 'download_failed' });
    const failed = await update(hook, id);
    expect(failed.data).toMatchObject({
      change: 'media_failed',
      media: { s3Url: null, base64: null, error: 'download_failed' },
    });
    await breakDownloads(whatsApp, { times: 0 });
  });
});
