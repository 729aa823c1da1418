import { randomBytes } from 'node:crypto';
import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../clock.ts';
import { silentLog } from '../../events/testing/events.ts';
import { NumberCache } from '../../mailbox/number-cache.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { exchange, type RunningInstances, runInstances, state } from '../../testing/running-instances.ts';
import { newNumber, startWhatsApp } from '../../testing/whatsapp.ts';
import { type LinkPreview, textKind } from '../../whatsapp/outbound/text.ts';
import { proto } from '../../whatsapp/proto.ts';
import { parseRecipient } from '../../whatsapp/recipient.ts';
import { Ingest } from '../ingest/ingest.ts';
import { received, waMessage } from '../ingest/testing/ingest.ts';
import type { SendDeps } from './deps.ts';
import { type SendRequest, sendMessage } from './send-message.ts';

const whatsapp = await startWhatsApp();
const GROUP = '120363406289005073@g.us';

type TextFields = SendRequest & { message: string; preview: () => Promise<LinkPreview> };

/** Ends what hangs; a busy machine may need long. */
const LONG = { timeout: 120_000 };

describe.each(databases)('sending over a real connection ($name)', ({ open }) => {
  let storage: TestStorage;
  let running: RunningInstances;
  let instance: InstanceRow;
  let phone: Phone;
  let ana: Phone;
  let deps: SendDeps;

  beforeAll(async () => {
    storage = await open();
    running = runInstances(storage, whatsapp.url);
    const { db } = storage;
    const fresh = await running.addInstance();
    phone = await whatsapp.newPhone('Blue Store');
    ana = await whatsapp.newPhone('Ana');
    const answer = await running.supervisor.connect(fresh, {});
    if (answer.status !== 'qr') throw new Error('expected a QR');
    await phone.scan(answer.qrCode);
    await running.event(fresh.id, state('connected'));
    // The name of the phone arrives after the connection is open.
    instance = await vi.waitUntil(async () => {
      const row = await running.instanceOf(fresh.id);
      return row.profile_name === 'Blue Store' && row;
    }, LONG);
    deps = {
      db,
      outbox: running.outbox,
      clock: systemClock,
      log: silentLog,
      numbers: new NumberCache(systemClock),
      random: randomBytes,
      sessions: running.supervisor,
    };
  });

  afterAll(async () => {
    await running.supervisor.stop();
    await storage.close();
  });

  /** Sends; resolves with the ids that `onId` got and the outcome. */
  async function send(number: string, fields: Partial<TextFields> = {}) {
    const ids: string[] = [];
    const { message = 'hi', preview, ...rest } = fields;
    const request: SendRequest = {
      recipient: parseRecipient(number, ['user', 'lid', 'group']),
      delay: 0,
      replyTo: undefined,
      replyPrivate: false,
      mention: [],
      mentionAll: false,
      source: 'api',
      onId: (id) => ids.push(id),
      ...rest,
    };
    const kind = textKind({ text: message, preview });
    const outcome = await sendMessage(instance, { ...request, kind }, deps).then(
      (data) => ({ data, error: null }),
      (error: unknown) => ({ data: null, error: error as { code: string } }),
    );
    return { ids, ...outcome };
  }

  const sent = async (number: string, fields?: Partial<TextFields>) => {
    const { data, error } = await send(number, fields);
    if (!data) throw error;
    return data;
  };
  const stored = (id: string) =>
    storage.db.selectFrom('messages').selectAll().where('message_id', '=', id).executeTakeFirst();

  test('it arrives, and answer, record and event agree', async () => {
    const { ids, data } = await send(ana.number, { source: 'crm' });
    expect((await ana.sees(ids[0]!)).text).toBe('hi');
    const chat = {
      jid: `${ana.number}@s.whatsapp.net`,
      lid: expect.stringMatching(/^\d+@lid$/),
      name: '',
      type: 'private',
    };
    const sender = { jid: `${phone.number}@s.whatsapp.net`, lid: instance.lid, name: instance.profile_name };
    expect(data).toEqual({
      messageId: expect.stringMatching(/^3EB0[0-9A-F]{18}$/),
      direction: 'outgoing',
      messageType: 'text',
      content: 'hi',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      source: 'crm',
      status: 'sent',
      chat,
      sender,
    });
    expect(ids).toEqual([data?.messageId]);
    const event = await running.event(instance.id, exchange(ids[0]!));
    expect(event.data).toMatchObject({
      id: data?.messageId,
      direction: 'outgoing',
      timestamp: data?.timestamp,
      chat,
      sender,
      recipient: { jid: chat.jid, lid: chat.lid, name: '' },
      message: { type: 'text', content: 'hi', source: 'crm', context: null },
    });
    expect((await stored(ids[0]!))?.status).not.toBe('pending');
  });

  test('receipts change its status and are reported', async () => {
    const { messageId } = await sent(ana.number);
    await running.event(
      instance.id,
      ({ kind, data }) =>
        kind === 'message.status' && data.status === 'delivered' && data.messageIds.includes(messageId),
    );
    expect(await stored(messageId)).toMatchObject({ status: 'delivered' });
  });

  test('a Brazilian number is found without its ninth digit too', async () => {
    const short = ana.number.replace(/^(\d{4})9/, '$1');
    expect((await sent(short)).chat.jid).toBe(`${ana.number}@s.whatsapp.net`);
  });

  test('a LID is sent to unchecked', async () => {
    const { chat } = await sent(ana.number);
    const again = await sent(chat.lid!);
    expect(again.chat).toEqual(chat);
    expect((await ana.sees(again.messageId)).text).toBe('hi');
  });

  test('a quote is shown to the other side and reported', async () => {
    const question = await ana.send(phone.number, 'Who can deploy?');
    await running.event(instance.id, exchange(question));
    const data = await sent(ana.number, { message: 'I can', replyTo: question });
    expect(data.replyTo).toEqual({ messageId: question });
    expect(await ana.sees(data.messageId)).toMatchObject({ text: 'I can', quoted: { id: question } });
    const event = await running.event(instance.id, exchange(data.messageId));
    expect(event.data.reply).toMatchObject({ message_id: question, text: 'Who can deploy?' });
  });

  test('a link is sent with the preview that was found', async () => {
    const page = { url: 'https://example.com', title: 'Example', description: 'A page' };
    const { messageId } = await sent(ana.number, {
      message: 'see https://example.com.',
      preview: async () => page,
    });
    expect(proto.Message.decode((await stored(messageId))!.content_proto).extendedTextMessage).toMatchObject({
      text: 'see https://example.com.',
      matchedText: 'https://example.com',
      title: 'Example',
      description: 'A page',
    });
  });

  test.each([
    [463, 'new_chats_locked'],
    [429, 'message_throttled'],
    [479, 'message_refused'],
  ])(
    'the refusal %i is an error answer, a failed record and an event, and no message.exchange',
    async (code, answer) => {
      await phone.fault('ack-error', { code, count: 1 });
      const { ids, error } = await send(ana.number);
      expect(error).toMatchObject({ code: answer });
      expect(await stored(ids[0]!)).toMatchObject({ status: 'failed', error_code: code });
      const events = (await running.eventsOf(instance.id)).filter(
        ({ data }) => data.id === ids[0] || data.messageIds?.includes(ids[0]),
      );
      expect(events.map(({ data }) => [data.status, data.error?.code])).toEqual([['failed', code]]);
    },
  );

  test('without an acknowledgement it may have arrived: it does not count as failed, and its id is known', async () => {
    await phone.fault('drop-acks', { count: 1 });
    const handedOver = Promise.withResolvers<string>();
    const outcome = send(ana.number, { onId: handedOver.resolve });
    const id = await handedOver.promise;
    expect((await ana.sees(id)).text).toBe('hi');
    await phone.fault('disconnect');
    expect((await outcome).error).toMatchObject({ code: 'message_unacknowledged' });
    expect(['pending', 'delivered']).toContain((await stored(id))?.status);
    await running.event(instance.id, state('connected'), 2);
  });

  test.each<[string, () => [string, Partial<TextFields>?], string]>([
    ['a number that is not on WhatsApp', () => [newNumber()], 'number_unregistered'],
    ['a group that we know nothing of', () => ['120363000000000000@g.us'], 'group_unknown'],
    ['a quote of nothing', () => [ana.number, { replyTo: 'NOTHING' }], 'reply_target_unknown'],
  ])('%s is refused before anything is stored or waited for', async (_, request, code) => {
    const [number, fields] = request();
    const { ids, error } = await send(number, { delay: 60, ...fields });
    expect(error).toMatchObject({ code });
    expect(ids).toEqual([]);
  });

  test('a private answer to a group message goes to its author', async () => {
    const group = new Ingest(instance.id, {
      db: storage.db,
      outbox: running.outbox,
      clock: systemClock,
      log: silentLog,
      settingsOf: () => ({ ignoreGroupMessages: false, ignoreStatus: false, autoReadMessages: false }),
      sessions: running.supervisor,
    });
    const receive = received(group, systemClock);
    const author = `${ana.number}@s.whatsapp.net`;
    await receive(waMessage({ key: { id: 'G1', remoteJid: GROUP, participant: author }, pushName: 'Ana' }));
    await receive(waMessage({ key: { id: 'G2', remoteJid: GROUP, fromMe: true } }));
    const data = await sent(GROUP, { replyTo: 'G1', replyPrivate: true });
    expect(data.chat).toMatchObject({ jid: author, type: 'private' });
    const row = await stored(data.messageId);
    expect(proto.Message.decode(row!.content_proto).extendedTextMessage?.contextInfo).toMatchObject({
      stanzaId: 'G1',
      participant: author,
      remoteJid: GROUP,
      quotedMessage: { conversation: 'Hello' },
    });
    expect((await send(GROUP, { replyTo: 'G2', replyPrivate: true })).error).toMatchObject({
      code: 'reply_private_own',
    });
  });

  test('mentions have no effect outside of groups', async () => {
    expect(await sent(ana.number, { mention: ['nonsense'], mentionAll: true })).not.toHaveProperty(
      'mentions',
    );
  });

  test('a closed connection is answered as such', async () => {
    await running.supervisor.stop();
    expect((await send(ana.number)).error).toMatchObject({ code: 'instance_not_connected' });
  });
});
