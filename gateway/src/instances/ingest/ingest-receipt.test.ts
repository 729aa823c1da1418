import { describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import type { Receipt } from '../../whatsapp/session.ts';
import { AT, GROUP, ingestBench, JOAO, SELF, waMessage } from './testing/ingest.ts';

const own = (id: string) => waMessage({ key: { id, fromMe: true }, message: { conversation: 'Hi' } });

function receipt(values: Partial<Receipt> = {}): Receipt {
  return {
    ids: ['OWN1'],
    type: '',
    chat: JOAO.jid,
    from: JOAO.jid,
    fromAlt: null,
    participant: null,
    at: AT + 60_000,
    ...values,
  };
}

const joaoChat = { ...JOAO, name: 'João Silva', type: 'private' };

describe.each(databases)('receipts and acknowledgements ($name)', (database) => {
  const statuses = async (bench: Awaited<ReturnType<typeof ingestBench>>) =>
    (await bench.rows('messages')).map((row) => 'status' in row && row.status);

  async function withOwnMessages(...ids: string[]) {
    const bench = await ingestBench(database);
    await bench.received(waMessage({ key: { id: 'FIRST' } }));
    for (const id of ids) await bench.received(own(id));
    await bench.db.deleteFrom('messages').where('from_me', '=', 0).execute();
    return bench;
  }

  test('one receipt for several messages is one event, exactly as documented', async () => {
    const bench = await withOwnMessages('3EB08FCF27E532F1B0F5', '3EB08FCF27E532F1B0F6');
    const ids = ['3EB08FCF27E532F1B0F5', '3EB08FCF27E532F1B0F6'];
    await bench.ingest.receipt(receipt({ ids, type: 'read' }));
    await bench.ingest.receipt(receipt({ ids, type: 'read' }));
    expect(await bench.events('message.status')).toEqual([
      {
        kind: 'message.status',
        lane: JOAO.jid,
        data: {
          status: 'read',
          messageIds: ids,
          chat: joaoChat,
          recipient: JOAO.jid,
          messageSender: null,
          isFromMe: false,
          timestamp: '2026-04-28T10:31:00Z',
          error: null,
        },
      },
    ]);
    expect(await statuses(bench)).toEqual(['read', 'read']);
  });

  test('in groups the receipt names the participant and the author', async () => {
    const bench = await ingestBench(database);
    await bench.received(
      waMessage({ key: { id: 'OWN1', fromMe: true, remoteJid: GROUP, participant: SELF.lid } }),
    );
    await bench.ingest.receipt(receipt({ chat: GROUP, from: JOAO.lid, fromAlt: JOAO.jid }));
    const [event] = await bench.events('message.status');
    expect(event?.data).toMatchObject({
      status: 'delivered',
      chat: { jid: GROUP, type: 'group' },
      recipient: JOAO.jid,
      messageSender: SELF.jid,
      isFromMe: false,
    });
  });

  test.each([
    ['', JOAO.jid, 'delivered', false, 'delivered'],
    ['read', JOAO.jid, 'read', false, 'read'],
    ['played', JOAO.jid, 'played', false, 'played'],
    ['sender', SELF.jid, 'sender', true, 'sent'],
    ['read-self', SELF.lid, 'read_self', true, 'sent'],
    ['played-self', SELF.jid, 'played_self', true, 'sent'],
    ['read', SELF.lid, 'read_self', true, 'sent'],
    ['retry', JOAO.jid, 'retry', false, 'sent'],
    ['inactive', JOAO.jid, 'inactive', false, 'sent'],
    ['server-error', JOAO.jid, 'server_error', false, 'sent'],
  ])('type "%s" from %s is %s', async (type, from, status, isFromMe, stored) => {
    const bench = await withOwnMessages('OWN1');
    await bench.ingest.receipt(receipt({ type, from }));
    const [event] = await bench.events('message.status');
    expect(event?.data).toMatchObject({ status, isFromMe, recipient: isFromMe ? SELF.jid : JOAO.jid });
    expect(await statuses(bench)).toEqual([stored]);
  });

  test.each(['peer_msg', 'hist_sync', 'constructor', 'whatever'])(
    'type "%s" is not reported',
    async (type) => {
      const bench = await withOwnMessages('OWN1');
      await bench.ingest.receipt(receipt({ type }));
      expect(await bench.events('message.status')).toEqual([]);
    },
  );

  test('a message never goes back', async () => {
    const bench = await withOwnMessages('OWN1');
    for (const type of ['played', 'read', '']) await bench.ingest.receipt(receipt({ type }));
    await bench.ingest.lateAck('OWN1', 463);
    expect(await statuses(bench)).toEqual(['played']);
    expect(await bench.events('message.status')).toHaveLength(3);
  });

  test('a receipt that makes no sense does not stop the ones behind it', async () => {
    const bench = await withOwnMessages('OWN1');
    await bench.ingest.receipt(receipt({ ids: ['a\0b', 'x'.repeat(5_000)] }));
    await bench.ingest.receipt(receipt({ chat: 'nowhere' }));
    await bench.ingest.receipt(receipt({ from: '' }));
    await bench.ingest.receipt(receipt({ at: Number.NaN }));
    const reported = await bench.events('message.status');
    expect(reported.map(({ data }) => [data.messageIds, data.timestamp])).toEqual([
      [['OWN1'], '2026-04-28T10:30:00Z'],
    ]);
  });

  async function pending() {
    const bench = await withOwnMessages('OWN1');
    await bench.db.deleteFrom('events').execute();
    await bench.db.updateTable('messages').set({ status: 'pending', source: 'crm' }).execute();
    return bench;
  }

  test('a late acknowledgement is reported, together with the message itself', async () => {
    const bench = await pending();
    await bench.ingest.lateAck('OWN1', null);
    await bench.ingest.lateAck('OWN1', null);
    const reported = await bench.events();
    expect(reported.map(({ kind }) => kind)).toEqual(['message.exchange', 'message.status']);
    expect(reported[0]?.data).toMatchObject({
      direction: 'outgoing',
      recipient: { ...JOAO, name: 'João Silva' },
      message: { type: 'text', content: 'Hi', source: 'crm' },
    });
    expect(reported[1]?.data).toMatchObject({
      status: 'sent',
      messageIds: ['OWN1'],
      recipient: JOAO.jid,
      isFromMe: true,
      error: null,
    });
    expect(await statuses(bench)).toEqual(['sent']);
  });

  test('a late refusal is reported with its code, exactly as documented', async () => {
    const bench = await pending();
    await bench.ingest.lateAck('OWN1', 463);
    expect((await bench.events()).map(({ data }) => data)).toEqual([
      {
        status: 'failed',
        messageIds: ['OWN1'],
        chat: joaoChat,
        recipient: JOAO.jid,
        messageSender: null,
        isFromMe: true,
        timestamp: '2026-04-28T10:30:00Z',
        error: {
          code: 463,
          message: 'WhatsApp refused the message (code 463): this account may not start new chats for now',
        },
      },
    ]);
    expect(await bench.rows('messages')).toMatchObject([{ status: 'failed', error_code: 463 }]);
  });

  test('a receipt proves that a message without an acknowledgement was taken', async () => {
    const bench = await pending();
    await bench.ingest.receipt(receipt());
    expect((await bench.events()).map(({ kind }) => kind)).toEqual(['message.exchange', 'message.status']);
    expect(await statuses(bench)).toEqual(['delivered']);
  });

  test('an acknowledgement of a message that we do not know changes nothing', async () => {
    const bench = await pending();
    await bench.ingest.lateAck('OTHER', null);
    expect(await bench.events()).toEqual([]);
  });

  test('a message that a device asks for again is given as it was sent, and never as an empty one', async () => {
    const bench = await withOwnMessages('OWN1');
    expect(await bench.ingest.sentMessage('OWN1')).toMatchObject({ conversation: 'Hi' });
    expect(await bench.ingest.sentMessage('OTHER')).toBeUndefined();
    await bench.db.updateTable('messages').set({ content_proto: new Uint8Array() }).execute();
    expect(await bench.ingest.sentMessage('OWN1')).toBeUndefined();
  });

  test('the profile of the account is kept', async () => {
    const { ingest, db } = await ingestBench(database);
    await ingest.profile({ name: 'Green\0 Store', isBusiness: true, businessName: 'Green Ltd' });
    await ingest.profile({ pictureUrl: 'https://pps.whatsapp.net/x.jpg' });
    expect(await db.selectFrom('instances').selectAll().executeTakeFirst()).toMatchObject({
      profile_name: 'Green Store',
      is_business: 1,
      business_name: 'Green Ltd',
      profile_picture_url: 'https://pps.whatsapp.net/x.jpg',
    });
  });
});
