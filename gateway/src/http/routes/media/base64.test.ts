import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  forgetExcessFiles,
  forgetOldFiles,
  forgetStrayFiles,
} from '../../../instances/media/forget-files.ts';
import { sha256Of } from '../../../instances/media/testing/files.ts';
import { Blobs } from '../../../storage/blobs.ts';
import { databases, type TestStorage } from '../../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { type S3Server, startS3 } from '../../../testing/s3-server.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const DAY_MS = 24 * 3_600_000;
const UNAVAILABLE = { success: false, error: { message: 'Message not found or no media available' } };
const whatsApp = await startWhatsApp();

describe.each(databases)('GET /api/chat/base64/:instance on $name', ({ open }) => {
  let storage: TestStorage;
  let s3: S3Server;
  let instance: LinkedInstance;
  let joao: Phone;
  beforeAll(async () => {
    [storage, s3, joao] = await Promise.all([open(), startS3(), whatsApp.newPhone('João Silva')]);
    const gateway = await linkedGateway(storage, whatsApp);
    instance = await gateway.link(await whatsApp.newPhone());
  });
  afterAll(() => s3.close());

  const read = (id: string) => instance.call('GET', `/api/chat/base64/:instance?messageId=${id}`);
  const image = async (bytes = 900) => {
    const sent = await joao.sendMedia(instance.phone.number, { kind: 'image', bytes });
    await instance.exchange(sent.id);
    expect((await read(sent.id)).status).toBe(200);
    return sent;
  };
  const store = () => ({ db: storage.db, blobs: new Blobs(`${storage.folder}/media`) });

  test('a stored file comes back as it was', async () => {
    const { id, media } = await image(100_001);
    const { body, headers } = await read(id);
    expect(body).toEqual({
      success: true,
      message: 'Base64 retrieved successfully',
      message_id: id,
      mime_type: 'image/jpeg',
      media_type: 'image',
      base64: expect.any(String),
    });
    expect(sha256Of(body.base64)).toBe(media.sha256);
    expect(Number(headers.get('content-length'))).toBe(Buffer.byteLength(JSON.stringify(body)));
  });

  test.each([
    ['without an id', '', 400, 'messageId query parameter is required'],
    ['blank', '%20', 400, 'messageId query parameter is required'],
    ['unknown', '3EB0000000000000', 404, UNAVAILABLE.error.message],
  ])('%s', async (_, id, status, message) => {
    const answer = await read(id);
    expect([answer.status, answer.body]).toEqual([status, { success: false, error: { message } }]);
  });

  test('a message without a file has none', async () => {
    const id = await joao.send(instance.phone.number, 'just text');
    await instance.exchange(id);
    expect((await read(id)).body).toEqual(UNAVAILABLE);
  });

  test('a file that is too old is gone, unless the bucket has it', async () => {
    const local = await image();
    await instance.call('POST', '/api/instance/s3/:instance', s3.settings());
    const both = await image();
    await expect.poll(async () => (await mediaOf(both.id)).s3_url).not.toBeNull();
    const forget = forgetOldFiles(store(), 7);
    expect(await forget(Date.now() + 6 * DAY_MS)).toBe(0);
    expect(await forget(Date.now() + 8 * DAY_MS)).toBeGreaterThanOrEqual(2);
    expect((await read(local.id)).body).toEqual(UNAVAILABLE);
    expect(sha256Of((await read(both.id)).body.base64)).toBe(both.media.sha256);
    await instance.call(
      'POST',
      '/api/instance/s3/:instance',
      s3.settings({ secretKey: 'wrong', bucket: 'none' }),
    );
    expect((await read(both.id)).body).toEqual(UNAVAILABLE);
    await instance.call('POST', '/api/instance/s3/:instance', { enabled: false });
  });

  test('beyond what the folder may hold the oldest go, and no more than needed', async () => {
    await forgetOldFiles(store(), 1)(Date.now() + 2 * DAY_MS);
    const [first, second, third] = [await image(1_000), await image(1_000), await image(1_000)];
    expect(await forgetExcessFiles(store(), 3_000)(0)).toBe(0);
    expect(await forgetExcessFiles(store(), 2_500)(0)).toBe(1);
    expect(
      [await read(first.id), await read(second.id), await read(third.id)].map(({ status }) => status),
    ).toEqual([404, 200, 200]);
  });

  test('the file of a message that is gone goes with the next sweep, others stay', async () => {
    const [gone, kept] = [await image(), await image()];
    const { id } = await mediaOf(gone.id);
    await storage.db.deleteFrom('messages').where('message_id', '=', gone.id).execute();
    const { blobs } = store();
    const name = { instanceId: instance.id, id };
    expect(await blobs.size(name)).toBe(900);
    await forgetStrayFiles(store())(0);
    expect(await blobs.size(name)).toBeNull();
    expect((await read(kept.id)).status).toBe(200);
  });

  test('a chat that is deleted with its media leaves nothing, in the bucket either', async () => {
    await instance.call('POST', '/api/instance/s3/:instance', s3.settings());
    const { id } = await image();
    await expect.poll(async () => (await mediaOf(id)).s3_url).not.toBeNull();
    const { s3_url, id: file } = await mediaOf(id);
    expect((await s3.fetch(s3_url!)).status).toBe(200);
    const body = { number: joao.number, deleteMedia: true };
    expect((await instance.call('DELETE', '/api/chat/deleteChat/:instance', body)).status).toBe(200);
    expect(await store().blobs.size({ instanceId: instance.id, id: file })).toBeNull();
    await expect.poll(async () => (await s3.fetch(s3_url!)).status).toBe(404);
    await expect.poll(() => storage.db.selectFrom('doomed_objects').selectAll().execute()).toEqual([]);
  });

  function mediaOf(messageId: string) {
    const rows = storage.db.selectFrom('media').selectAll().where('message_id', '=', messageId);
    return rows.executeTakeFirstOrThrow();
  }
});
