import { beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { type LinkedGateway, type LinkedInstance, linkedGateway } from '../../testing/linked-gateway.ts';
import { startWhatsApp } from '../../testing/whatsapp.ts';

const whatsApp = await startWhatsApp();

/** Events of labels since the instance was made, without their times. */
function labelEvents({ events }: LinkedInstance) {
  return events
    .all()
    .filter(({ event }) => event === 'label.update')
    .map(({ data: { timestamp: _, ...data } }) => data);
}

const reported = (
  { events }: LinkedInstance,
  what: string,
  fits: (data: Record<string, unknown>) => boolean,
) => events.expect(what, ({ event, data }) => event === 'label.update' && fits(data));

async function linked(gateway: LinkedGateway): Promise<LinkedInstance> {
  const instance = await gateway.link(await whatsApp.newPhone('Own', { business: true }));
  // Once a label is made, the state as it was at linking has been read.
  const made = await instance.call('POST', '/api/chat/tag/:instance', { name: 'First' });
  expect(made.body).toMatchObject({ success: true, tag: { id: '1' } });
  return instance;
}

describe.each(databases)('the state that all devices share ($name)', ({ open }) => {
  let gateway: LinkedGateway;
  let instance: LinkedInstance;
  beforeAll(async () => {
    gateway = await linkedGateway(await open(), whatsApp);
    instance = await linked(gateway);
  });

  test('every step of a label of the phone is reported: made, changed, put on, taken off, deleted', async () => {
    const { number } = await whatsApp.newPhone('Friend');
    const chatJid = `${number}@s.whatsapp.net`;
    const { phone } = instance;
    const chat = { chat: number, addressing: 'pn' };
    const before = labelEvents(instance).length;
    await phone.act('label', { id: '3', name: 'VIP', color: 5 });
    await phone.act('label', { id: '3', name: 'VIP', color: 5 });
    await phone.act('label', { id: '3', name: 'Very important', color: 7 });
    await phone.act('label-chat', { label: '3', ...chat });
    await phone.act('label-message', { label: '3', id: '3EB0C1D2E3F405162738', ...chat });
    await phone.act('label-chat', { label: '3', ...chat, labeled: false });
    await phone.act('label', { id: '3', deleted: true });
    await reported(instance, 'the deletion', ({ action }) => action === 'deleted');
    const nothing = {
      name: null,
      color: null,
      deleted: null,
      chatJid: null,
      messageId: null,
      labeled: null,
    };
    const edit = { ...nothing, type: 'edit', labelId: '3' };
    const put = { ...nothing, labelId: '3', action: 'add', chatJid, labeled: true };
    expect(labelEvents(instance).slice(before)).toEqual([
      { ...edit, action: 'created', name: 'VIP', color: 5, deleted: false },
      { ...edit, action: 'updated', name: 'Very important', color: 7, deleted: false },
      { ...put, type: 'chat' },
      { ...put, type: 'message', messageId: '3EB0C1D2E3F405162738' },
      { ...put, type: 'chat', action: 'remove', labeled: false },
      { ...edit, action: 'deleted', name: 'Very important', color: 7, deleted: true },
    ]);
  });

  const listed = async (number: string, { call } = instance) =>
    (await call('GET', `/api/chat/list/:instance?search=${number}`)).body.chats[0];
  const acquaintance = async () => {
    const friend = await whatsApp.newPhone('Friend');
    const id = await friend.send(instance.phone.number, 'Hello');
    await instance.exchange(id);
    return { friend, number: friend.number, id };
  };

  test.each(['pn', 'lid'])('what the phone does with a chat under its %s shows here', async (addressing) => {
    const { number, id } = await acquaintance();
    const { phone, call } = instance;
    const chat = { chat: number, addressing };
    const until = Date.now() + 3_600_000;
    await phone.act('archive', chat);
    await phone.act('pin', chat);
    await phone.act('mute', { ...chat, until });
    await phone.act('mark-chat-read', chat);
    const mutedUntil = `${new Date(until).toISOString().slice(0, 19)}Z`;
    await expect
      .poll(() => listed(number))
      .toMatchObject({ archived: true, pinned: true, muted: true, mutedUntil, unreadCount: 0 });
    await phone.act('mute', chat);
    await phone.act('mark-chat-read', { ...chat, read: false });
    await expect.poll(() => listed(number)).toMatchObject({ muted: false, markedUnread: true });
    await phone.act('delete-for-me', { ...chat, id });
    await expect
      .poll(async () => (await call('GET', `/api/chat/getMessage/:instance?messageId=${id}`)).status)
      .toBe(404);
    await phone.act('delete-chat', chat);
    await expect.poll(() => listed(number)).toBeUndefined();
  });

  test('a message that came after the phone deleted a chat stays when the state is read again', async () => {
    const { friend, number } = await acquaintance();
    await instance.phone.act('delete-chat', { chat: number });
    await expect.poll(() => listed(number)).toBeUndefined();
    // WhatsApp's times are whole seconds, and a deletion takes its own second along.
    const later = 'time-skew';
    await instance.phone.fault(later, { seconds: 5 });
    const id = await friend.send(instance.phone.number, 'Still there?');
    await instance.exchange(id);
    const { status } = await instance.call('GET', '/api/chat/contactsByLabel/:instance?refresh=true');
    expect(status).toBe(200);
    await fetch(`${whatsApp.control}/faults`, { method: 'DELETE' });
    expect(await listed(number)).toMatchObject({ unreadCount: 1, lastMessage: { id } });
  });

  test('names of the address book come and go', async () => {
    const { number } = await acquaintance();
    const { phone, call } = instance;
    const fullName = async () =>
      (await call('GET', `/api/chat/contacts/:instance?number=${number}`)).body.contact.full_name;
    await phone.act('contact', { number, fullName: 'Bertolt Brecht' });
    await expect.poll(fullName).toBe('Bertolt Brecht');
    await phone.act('contact', { number, remove: true });
    await expect.poll(fullName).toBe('');
  });

  test('devices that change the state at the same time all succeed, and the phone believes each', async () => {
    const other = await gateway.link(instance.phone);
    const people = await Promise.all(Array.from({ length: 6 }, () => whatsApp.newPhone()));
    const mute = (device: LinkedInstance, number: string) =>
      device.call('POST', '/api/chat/mute/:instance', { number, mute: true });
    const answers = await Promise.all(
      people.map(({ number }, at) => mute(at % 2 === 0 ? instance : other, number)),
    );
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 200));
    for (const { number } of people) {
      expect(await instance.phone.entry('mute', `${number}@s.whatsapp.net`)).toBeDefined();
      await expect.poll(() => listed(number)).toMatchObject({ muted: true });
      await expect.poll(() => listed(number, other)).toMatchObject({ muted: true });
    }
    const { collections } = await instance.phone.appState();
    expect(Object.values(collections).map(({ damaged }) => damaged)).toEqual(Array(5).fill(null));
    await gateway.call('DELETE', `/api/instance/delete/${other.name}`, other.account);
  });

  test('a patch with a wrong MAC leaves what is stored alone and is read again', async () => {
    const { phone } = instance;
    await phone.fault('corrupt-app-state', { count: 1 });
    await phone.act('label', { id: '501', name: 'Survives', color: 2 });
    await reported(instance, 'the label', ({ labelId, action }) => labelId === '501' && action === 'created');
    expect(labelEvents(instance).filter(({ labelId }) => labelId === '501')).toHaveLength(1);
    const { body } = await instance.call('POST', '/api/chat/tag/:instance', { name: 'Afterwards' });
    expect(body.tag).toMatchObject({ id: '502' });
    expect((await phone.appState()).collections.regular).toMatchObject({ damaged: null });
  });

  test('a state with a long past is read again from the file that WhatsApp made of it', async () => {
    const { phone } = instance;
    for (let id = 600; id < 640; id++)
      await phone.act('label', { id: String(id), name: `Label ${id}`, color: 3 });
    await reported(instance, 'the last label', ({ labelId }) => labelId === '639');
    const snapshots = async () =>
      ((await (await fetch(`${whatsApp.control}/stats`)).json()) as { appState: { snapshots: number } })
        .appState.snapshots;
    const before = await snapshots();
    await phone.fault('corrupt-app-state', { count: 1 });
    await phone.act('label', { id: '640', name: 'One more', color: 3 });
    await reported(instance, 'the label behind the damage', ({ labelId }) => labelId === '640');
    expect(await snapshots()).toBeGreaterThan(before);
    expect(labelEvents(instance).filter(({ labelId }) => labelId === '639')).toHaveLength(1);
    const { body } = await instance.call('POST', '/api/chat/tag/:instance', { name: 'Afterwards' });
    expect(body.tag).toMatchObject({ id: '641' });
    expect((await phone.appState()).collections.regular).toMatchObject({ damaged: null });
  });

  test('while the state is damaged nothing is changed, and all is well when it can be read again', async () => {
    const { number } = await acquaintance();
    const { phone, call } = instance;
    const archive = () => call('POST', '/api/chat/archive/:instance', { number, archive: true });
    await phone.fault('corrupt-app-state');
    await phone.act('pin', { chat: number });
    expect(await archive()).toMatchObject({
      status: 500,
      body: { error: { message: 'failed to archive chat: the synchronised state is damaged' } },
    });
    expect(await listed(number)).toMatchObject({ archived: false, pinned: false });
    await fetch(`${whatsApp.control}/faults`, { method: 'DELETE' });
    expect(await archive()).toMatchObject({ status: 200 });
    await expect.poll(() => listed(number)).toMatchObject({ archived: true, pinned: true });
    await phone.act('pin', { chat: number, pin: false });
  });

  test('a new key is used when the phone takes one, and asked for when it does not come', async () => {
    const { number } = await acquaintance();
    const { phone } = instance;
    await phone.act('rotate-key', {});
    await phone.act('archive', { chat: number, addressing: 'pn' });
    await expect.poll(() => listed(number)).toMatchObject({ archived: true });
    await phone.act('rotate-key', { share: false });
    await phone.act('archive', { chat: number, addressing: 'pn', archive: false });
    await expect.poll(() => listed(number)).toMatchObject({ archived: false });
    const { status } = await instance.call('POST', '/api/chat/archive/:instance', { number, archive: true });
    expect(status).toBe(200);
    expect((await phone.appState()).collections.regular_low).toMatchObject({ damaged: null });
  });
});

test.each(databases)(
  'what the phone changed while the gateway was down is here when it is back, on $name',
  async ({ open }) => {
    const storage = await open();
    const before = await linkedGateway(storage, whatsApp);
    const { phone, name, token } = await linked(before);
    const { number } = await whatsApp.newPhone();
    await before.stop();
    await phone.act('mute', { chat: number, until: -1 });
    await phone.act('label', { id: '7', name: 'Overnight', color: 1 });
    const after = await linkedGateway(storage, whatsApp);
    const tags = async () => (await after.call('GET', `/api/chat/tag/${name}`, token)).body.tags;
    await expect.poll(tags).toMatchObject([{ id: '1' }, { id: '7', name: 'Overnight' }]);
    const list = async () => (await after.call('GET', `/api/chat/list/${name}`, token)).body.chats;
    await expect.poll(list).toMatchObject([{ muted: true, mutedUntil: null }]);
  },
);
