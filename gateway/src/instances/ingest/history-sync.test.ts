import { describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

/** Twelve chats, one of them a group, over thirty days; the first chunk is inline, the others are files. */
const PAST = { chats: 12, messages: 1_200, days: 30, unread: 2, chunk: 500 };

async function chatsOf({ call }: LinkedInstance) {
  return (await call('GET', '/api/chat/list/:instance?limit=200')).body.chats;
}

async function historyOf({ call }: LinkedInstance, number: string) {
  return (await call('POST', '/api/chat/history/:instance', { number, count: 200 })).body.messages;
}

/** Waits until every chat of the past has its oldest message. */
async function arrived(instance: LinkedInstance, messages: number) {
  await expect
    .poll(
      async () => (await instance.call('GET', '/api/instance/metrics/:instance')).body.metrics.totalMessages,
    )
    .toBe(messages);
}

describe.each(databases)('history on $name', ({ open }) => {
  test('is in the mailbox after linking, as the phone has it, and makes no event', async () => {
    const storage = await open();
    const gateway = await linkedGateway(storage, whatsApp);
    const phone = await whatsApp.newPhone();
    await phone.hasLived(PAST);
    const instance = await gateway.link(phone, { disableHistorySync: false });
    await arrived(instance, PAST.messages);

    const chats = await chatsOf(instance);
    expect(chats).toHaveLength(PAST.chats);
    const saved = chats.find(({ name }: { name: string }) => name === 'Saved 1');
    expect(saved).toMatchObject({
      jid: '5531910000004@s.whatsapp.net',
      lid: '300000000000004@lid',
      type: 'private',
      unreadCount: 2,
      lastMessage: { content: 'Chat 1, message 100', fromMe: false, status: 'received' },
    });
    expect(chats.find(({ type }: { type: string }) => type === 'group')).toMatchObject({
      name: 'Group 9',
      lastMessage: { sender: { jid: '5531910000036@s.whatsapp.net', name: 'Contact 36' } },
    });
    expect(chats.filter(({ archived }: { archived: boolean }) => archived)).toHaveLength(2);
    expect(chats.filter(({ pinned }: { pinned: boolean }) => pinned)).toMatchObject([{ name: 'Saved 0' }]);

    const said = await historyOf(instance, saved.lid);
    expect(said.map(({ content }: { content: string }) => content)).toEqual(
      Array.from({ length: 100 }, (_, i) => `Chat 1, message ${100 - i}`),
    );
    const statuses = said.map(({ status }: { status: string }) => status);
    expect(statuses.slice(0, 3)).toEqual(['received', 'received', 'read']);
    const contact = await instance.call('GET', `/api/chat/contacts/:instance?number=${saved.jid}`);
    expect(contact.body.contact).toMatchObject({
      full_name: 'Saved 1',
      push_name: 'Contact 4',
      lid: saved.lid,
    });

    const keys = storage.db.selectFrom('session_keys').select('id').where('kind', '=', 'tctoken');
    const tokens = (await keys.execute()).map(({ id }) => id);
    expect(tokens).toContain(saved.lid);

    const kinds = new Set(instance.events.all().map(({ event }) => event));
    expect(kinds).not.toContain('message.exchange');
    const identities = instance.events.all().filter(({ event }) => event === 'contact.identity');
    expect(identities.map(({ data }) => data.origin)).toContain('history');
  });

  test('is that of the last days only when so many were asked for', async () => {
    const gateway = await linkedGateway(await open(), whatsApp);
    const phone = await whatsApp.newPhone();
    await phone.hasLived(PAST);
    const instance = await gateway.link(phone, { history: '10' });
    await expect.poll(async () => (await chatsOf(instance)).length).toBe(PAST.chats);
    const within = Math.ceil((PAST.messages / PAST.days) * 10);
    await expect
      .poll(
        async () =>
          (await instance.call('GET', '/api/instance/metrics/:instance')).body.metrics.totalMessages,
      )
      .toBeGreaterThan(within * 0.95);
    const oldest = (await historyOf(instance, '5531910000004')).at(-1);
    expect(Date.parse(oldest.timestamp)).toBeGreaterThan(Date.now() - 10 * 86_400_000 - 60_000);
  });

  test('stays with the phone when it is not wanted', async () => {
    const storage = await open();
    const gateway = await linkedGateway(storage, whatsApp);
    const phone = await whatsApp.newPhone();
    const maria = await whatsApp.newPhone('Maria');
    await phone.hasLived(PAST);
    const instance = await gateway.link(phone);
    // It was sent after everything that announces the history.
    await expect.poll(async () => (await phone.devices()).at(-1)?.waiting).toBe(0);
    await instance.exchange(await maria.send(phone.number, 'Hi'));
    expect(await chatsOf(instance)).toHaveLength(1);
    expect(await storage.db.selectFrom('history_chunks').selectAll().execute()).toEqual([]);
  });
});
