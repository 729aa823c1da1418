import { beforeAll, describe, expect, test } from 'vitest';
import { databases, type TestStorage } from '../storage/testing/databases.ts';
import { TestClock } from '../testing/test-clock.ts';
import { Channels } from './channels.ts';
import { type FileState, WEBHOOK_BASE64_BYTES, WEBSOCKET_BASE64_BYTES } from './file-view.ts';
import { MediaUpdates } from './media-updates.ts';
import type { NewEvent } from './new-event.ts';
import { createOutbox } from './outbox.ts';
import { FrameQueue } from './sockets/frame-queue.ts';
import { addInstance, addWebhook, BASE_URL, newEvent, silentLog, testSeal } from './testing/events.ts';
import { DeliveryQueue } from './webhooks/delivery-queue.ts';

const WAIT_MS = 30_000;
const HERE: FileState = { s3Url: 'https://s3/x.jpg', error: null, size: 3, base64: 'QUJD' };

describe.each(databases)('events that wait for a file on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function setup({ bucket = false, socketBase64 = false } = {}) {
    const { db } = storage;
    const seal = testSeal();
    const clock = new TestClock();
    const instance = await addInstance(db, seal);
    if (bucket) await db.updateTable('instances').set({ s3: '{}' }).where('id', '=', instance.id).execute();
    const websocket = { instance_id: instance.id, enabled: 1, events: '["message.exchange"]', updated_at: 0 };
    await db
      .insertInto('websockets')
      .values({ ...websocket, media_base64: Number(socketBase64) })
      .execute();
    const channels = new Channels({ seal, clock, log: silentLog });
    const sent: { id: string; media: object }[] = [];
    const hub = {
      count: () => 1,
      publish: (_: string, frame: () => string) => {
        const { eventId, data } = JSON.parse(frame());
        sent.push({ id: eventId, media: data.message.media });
      },
    };
    const frames = new FrameQueue({ hub, clock });
    const courier = { wake: () => {} };
    const options = { seal, clock, channels, baseUrl: () => BASE_URL, courier };
    const outbox = createOutbox({ ...options, db, hub: frames });
    const mediaUpdates = new MediaUpdates({ ...options, outbox, frames });
    const queue = new DeliveryQueue(storage);

    const waits = new Map<string, number | null>();
    /** Appends an event about a file that is being fetched, or about none; resolves with its id. */
    const emit = async (lane: string, file = false) => {
      const media = file ? { type: 'image', s3Url: null, base64: null, error: null } : null;
      const values: Partial<NewEvent> = { lane, data: { message: { media } } };
      if (file) values.file = { appended: async (id, until) => void waits.set(id, until) };
      await outbox.transaction(instance.id, (_, emitted) => emitted(newEvent(values)));
      const own = db.selectFrom('events').select('id').where('instance_id', '=', instance.id);
      return (await own.orderBy('id', 'desc').executeTakeFirstOrThrow()).id;
    };
    /** Events that a webhook would get now, with what their media block says; each of them is then delivered. */
    const deliver = async (webhookId: string) => {
      const got: { id: string; media: object }[] = [];
      for (const { claimId, deliveryIds } of (await queue.claim([webhookId], clock.time))[0]!.runs) {
        for (const id of deliveryIds) {
          const attempt = (await queue.attempt(id, claimId))!;
          const body = JSON.parse(seal.open(attempt.bodySealed, `delivery:${id}:body`).toString());
          got.push({ id: body.eventId, media: body.data.message.media });
          await queue.settle(attempt, claimId, { kind: 'delivered', httpStatus: 200 }, clock.time);
        }
      }
      return got;
    };
    const settle = (eventId: string, state: FileState | null) =>
      mediaUpdates.settle({ instanceId: instance.id, eventId }, async () => state);
    const logged = async (id: string) =>
      JSON.parse(
        (await db.selectFrom('events').select('data').where('id', '=', id).executeTakeFirstOrThrow()).data,
      ).message.media;
    const webhook = (values = {}) => addWebhook(db, seal, instance.id, values);
    return { clock, emit, deliver, settle, logged, webhook, sent, waits, queue };
  }

  test('what comes later in the chat waits behind, other chats do not', async () => {
    const { emit, deliver, settle, webhook } = await setup();
    const { id } = await webhook({ media_base64: 1 });
    const before = await emit('a');
    const file = await emit('a', true);
    const behind = await emit('a');
    const elsewhere = await emit('b');
    expect((await deliver(id)).map((event) => event.id).toSorted()).toEqual([before, elsewhere]);
    expect(await deliver(id)).toEqual([]);
    await settle(file, HERE);
    expect((await deliver(id)).map((event) => event.id)).toEqual([file, behind]);
  });

  test('at the deadline it leaves as it is, and the file changes those bytes no more', async () => {
    const { clock, emit, deliver, settle, webhook, queue } = await setup();
    const { id } = await webhook({ media_base64: 1 });
    const file = await emit('a', true);
    clock.advance(WAIT_MS - 1);
    expect([await deliver(id), await queue.dueWebhooks(clock.time)]).toEqual([[], []]);
    clock.advance(1);
    expect(await queue.dueWebhooks(clock.time)).toEqual([id]);
    await settle(file, HERE);
    expect(await deliver(id)).toEqual([
      { id: file, media: { type: 'image', s3Url: null, base64: null, error: 'timeout' } },
    ]);
  });

  test('a claimed delivery keeps its bytes, also past the wait for its file', async () => {
    const { clock, emit, settle, webhook, queue } = await setup();
    const { id } = await webhook({ media_base64: 1 });
    const file = await emit('a', true);
    clock.advance(WAIT_MS);
    const [claimed] = await queue.claim([id], clock.time);
    const run = claimed!.runs[0]!;
    const before = await queue.attempt(run.deliveryIds[0]!, run.claimId);
    clock.time -= 10;
    await settle(file, HERE);
    expect(await queue.attempt(run.deliveryIds[0]!, run.claimId)).toEqual(before);
  });

  test('each channel gets what it asked for, and the log never holds the file itself', async () => {
    const { emit, deliver, settle, logged, webhook, sent, waits } = await setup({ bucket: true });
    const [full, url] = [await webhook({ media_base64: 1 }), await webhook()];
    const file = await emit('a', true);
    expect(waits.get(file)).not.toBeNull();
    expect([...(await deliver(full.id)), ...(await deliver(url.id)), ...sent]).toEqual([]);
    await settle(file, HERE);
    const media = { type: 'image', s3Url: HERE.s3Url, base64: null, error: null };
    expect(await deliver(full.id)).toEqual([{ id: file, media: { ...media, base64: 'QUJD' } }]);
    expect(await deliver(url.id)).toEqual([{ id: file, media }]);
    expect(sent).toEqual([{ id: file, media }]);
    expect(await logged(file)).toEqual(media);
  });

  test('a channel that shows no file waits for none', async () => {
    const { emit, deliver, webhook, sent, waits } = await setup();
    const plain = await webhook();
    const file = await emit('a', true);
    const media = { type: 'image', s3Url: null, base64: null, error: null };
    expect(await deliver(plain.id)).toEqual([{ id: file, media }]);
    expect(sent).toEqual([{ id: file, media }]);
    expect(waits.get(file)).toBeNull();
  });

  test.each([
    ['webhook', WEBHOOK_BASE64_BYTES, null],
    ['webhook', WEBHOOK_BASE64_BYTES + 1, 'too_large'],
    ['socket', WEBSOCKET_BASE64_BYTES, null],
    ['socket', WEBSOCKET_BASE64_BYTES + 1, 'too_large'],
  ] as const)('a %s takes a file of %i bytes: %s', async (channel, size, error) => {
    const { emit, deliver, settle, webhook, sent } = await setup({ socketBase64: true });
    const { id } = await webhook({ media_base64: 1 });
    await settle(await emit('a', true), { ...HERE, size });
    const [got] = channel === 'webhook' ? await deliver(id) : sent;
    expect(got?.media).toMatchObject({ base64: error ? null : 'QUJD', error });
  });

  test('a failure is shown at once, and so is the part of the file that is there', async () => {
    const { emit, deliver, settle, webhook } = await setup({ bucket: true });
    const { id } = await webhook({ media_base64: 1 });
    await settle(await emit('a', true), { ...HERE, s3Url: null, error: 'upload_failed' });
    await settle(await emit('a', true), { s3Url: null, base64: null, size: null, error: 'expired' });
    expect((await deliver(id)).map(({ media }) => media)).toMatchObject([
      { s3Url: null, base64: 'QUJD', error: 'upload_failed' },
      { s3Url: null, base64: null, error: 'expired' },
    ]);
  });

  test('frames leave in event order, at the deadline without the file', async () => {
    const { clock, emit, settle, sent } = await setup({ socketBase64: true });
    const [first, second] = [await emit('a', true), await emit('b', true)];
    const third = await emit('c');
    await settle(second, HERE);
    expect(sent).toEqual([]);
    clock.advance(WAIT_MS);
    expect(sent.map(({ id }) => id)).toEqual([first, second, third]);
    expect(sent.slice(0, 2).map(({ media }) => media)).toMatchObject([
      { error: 'timeout' },
      { base64: 'QUJD' },
    ]);
    await settle(first, HERE);
    expect(sent).toHaveLength(3);
    expect(clock.waiting).toBe(0);
  });

  test('nothing is released when the fetcher decides so', async () => {
    const { emit, deliver, settle, webhook } = await setup();
    const { id } = await webhook({ media_base64: 1 });
    await settle(await emit('a', true), null);
    expect(await deliver(id)).toEqual([]);
  });
});
