import type { Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();
const STATUS = 'status@broadcast';

describe.each(databases)('status, on $name', ({ open }) => {
  let storage: TestStorage;
  let sales: LinkedInstance;
  let [ana, bia, caio]: Phone[] = [];

  beforeAll(async () => {
    storage = await open();
    const gateway = await linkedGateway(storage, whatsApp);
    sales = await gateway.link(await whatsApp.newPhone('Sales'));
    [ana, bia, caio] = await Promise.all(['Ana', 'Bia', 'Caio'].map((name) => whatsApp.newPhone(name)));
    // All three have written; the first two are in the address book.
    for (const phone of [ana, bia, caio]) await sales.exchange(await phone!.send(sales.phone.number, 'Hi'));
    for (const phone of [ana, bia])
      await sales.phone.act('contact', { number: phone!.number, fullName: 'A friend' });
    await vi.waitUntil(async () => (await friends()) === 2, { timeout: 120_000 });
  });

  const friends = async () => {
    const saved = await storage.db
      .selectFrom('contacts')
      .select('id')
      .where('saved_name', '=', 'A friend')
      .execute();
    return saved.length;
  };

  const publish = async (message: string) => {
    const body = { number: STATUS, message, mention: ['5511999999999'], replyTo: 'ignored' };
    const answer = await sales.call('POST', '/api/message/text/:instance', body);
    return { ...answer, id: answer.body.data?.messageId as string };
  };
  const audience = (kind: string, ...phones: (Phone | undefined)[]) =>
    sales.phone.act('status-privacy', { audience: kind, numbers: phones.map((phone) => phone!.number) });
  /** Who among the three sees a status; each is sent a message after it, so that nothing is still on its way. */
  const viewersOf = async (id: string) => {
    const seen = await Promise.all(
      [ana, bia, caio].map(async (phone) => {
        const body = { number: phone!.number, message: 'After' };
        const { body: after } = await sales.call('POST', '/api/message/text/:instance', body);
        await phone!.sees(after.data.messageId);
        return (await phone!.inbox()).some((message) => message.id === id && message.chat === STATUS);
      }),
    );
    return ['ana', 'bia', 'caio'].filter((_, i) => seen[i]);
  };

  test('is answered and reported as such, and seen on the own phone', async () => {
    const { status, body, id } = await publish('Open today');
    expect({ status, data: body.data }).toMatchObject({
      status: 200,
      data: { messageType: 'text', content: 'Open today', chat: { jid: STATUS, name: '', type: 'status' } },
    });
    expect(body.data).not.toHaveProperty('mentions');
    expect(body.data).not.toHaveProperty('replyTo');
    expect(await sales.phone.sees(id)).toMatchObject({ chat: STATUS, fromMe: true, text: 'Open today' });
    expect((await sales.exchange(id)).data).toMatchObject({
      direction: 'outgoing',
      chat: { jid: STATUS, name: '', type: 'status' },
      recipient: { jid: STATUS, name: '' },
    });
  });

  test('is seen by exactly those whom the setting of the phone allows', async () => {
    await audience('contacts');
    expect(await viewersOf((await publish('For friends')).id)).toEqual(['ana', 'bia']);
    await audience('blacklist', bia);
    expect(await viewersOf((await publish('Not for Bia')).id)).toEqual(['ana']);
    await audience('whitelist', caio);
    expect(await viewersOf((await publish('For Caio')).id)).toEqual(['caio']);
    await audience('contacts');
  });

  test('is not published when WhatsApp does not answer for whom', async () => {
    await sales.phone.fault('query-error', { code: 503, query: 'status', count: 1 });
    const { status, body } = await publish('For whom?');
    expect({ status, text: body.error.message }).toMatchObject({
      status: 500,
      text: expect.stringMatching(/^(Failed to send message|WhatsApp refused)/),
    });
  });

  test('that a viewer cannot read is sent again, as a status', async () => {
    await ana!.fault('corrupt', { device: 0, count: 1 });
    const { id } = await publish('Hard to read');
    expect(await ana!.sees(id)).toMatchObject({ chat: STATUS, text: 'Hard to read' });
    const next = await publish('Easy to read');
    expect(await ana!.sees(next.id)).toMatchObject({ chat: STATUS, text: 'Easy to read' });
    const shown = (await ana!.inbox()).filter(({ text }) => text === 'Hard to read');
    expect(shown).toMatchObject([{ id, chat: STATUS }]);
  });

  test('that was seen is reported so, with its viewer', async () => {
    const { id } = await publish('Seen');
    await ana!.sees(id);
    await ana!.act('read', { id });
    const { data } = await sales.events.expect(
      'the view',
      ({ event, data }) =>
        event === 'message.status' && data.status === 'read' && data.messageIds.includes(id),
    );
    expect(data).toMatchObject({
      chat: { jid: STATUS, name: '', type: 'status' },
      recipient: `${ana!.number}@s.whatsapp.net`,
      messageSender: null,
      isFromMe: false,
    });
  });

  test('of another account comes in with its author', async () => {
    const id = await ana!.send(STATUS, 'On holiday');
    expect((await sales.exchange(id)).data).toMatchObject({
      direction: 'incoming',
      chat: { jid: STATUS, name: '', type: 'status' },
      sender: { jid: `${ana!.number}@s.whatsapp.net`, name: 'Ana' },
      recipient: null,
      message: { type: 'text', content: 'On holiday' },
    });
  });
});
