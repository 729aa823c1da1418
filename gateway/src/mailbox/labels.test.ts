import { describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../events/testing/events.ts';
import { databases } from '../storage/testing/databases.ts';
import { Contacts } from './contacts.ts';
import { type LabelEdit, Labels, labelView } from './labels.ts';

const vip: LabelEdit = { id: '3', name: 'VIP', color: 5, predefined: false, deleted: false };
const GROUP = '120363406289005073@g.us';

describe.each(databases)('labels ($name)', ({ open }) => {
  async function bench() {
    const { db } = await open();
    const { id } = await addInstance(db, testSeal());
    const labels = new Labels(db, id);
    const listed = async () => (await labels.listed()).map(labelView);
    const carriedBy = async (chat: string) =>
      ((await labels.ofChats([chat])).get(chat) ?? []).map(({ label_id }) => label_id);
    return { db, id, labels, listed, carriedBy };
  }

  test('a label is created once, updated when it changes and deleted once', async () => {
    const { labels } = await bench();
    expect(await labels.edit(vip)).toBe('created');
    expect(await labels.edit(vip)).toBeNull();
    expect(await labels.edit({ ...vip, name: 'Very important' })).toBe('updated');
    expect(await labels.edit({ ...vip, deleted: true })).toBe('deleted');
    expect(await labels.edit({ ...vip, deleted: true })).toBeNull();
    expect(await labels.edit(vip)).toBe('created');
  });

  test('labels are listed by number, a deleted one until the state was read again', async () => {
    const { labels, listed } = await bench();
    for (const id of ['10', '2']) await labels.edit({ ...vip, id, predefined: id === '2' });
    await labels.edit({ ...vip, id: '10', deleted: true });
    expect(await listed()).toEqual([
      { id: '2', name: 'VIP', color: 5, type: 'PREDEFINED', deleted: false },
      { id: '10', name: 'VIP', color: 5, type: 'CUSTOM', deleted: true },
    ]);
    await labels.dropDeleted();
    expect((await listed()).map(({ id }) => id)).toEqual(['2']);
  });

  test('the id of a label that is gone is not given again', async () => {
    const { labels } = await bench();
    expect(await labels.nextId()).toBe('1');
    await labels.edit({ ...vip, id: '41' });
    await labels.edit({ ...vip, id: '41', deleted: true });
    await labels.dropDeleted();
    expect(await labels.nextId()).toBe('42');
  });

  test('a label is put on a chat and taken off once, and leaves every chat when it is deleted', async () => {
    const { labels, carriedBy } = await bench();
    await labels.edit(vip);
    const chat = { chat: GROUP, messageId: null };
    expect(await labels.assign('3', chat, true)).toBe(true);
    expect(await labels.assign('3', chat, true)).toBe(false);
    expect(await labels.assign('3', { chat: GROUP, messageId: 'A1' }, true)).toBe(true);
    expect(await carriedBy(GROUP)).toEqual(['3']);
    expect(await labels.assign('3', chat, false)).toBe(true);
    expect(await labels.assign('3', chat, false)).toBe(false);
    await labels.assign('3', chat, true);
    await labels.edit({ ...vip, deleted: true });
    await labels.edit(vip);
    expect(await carriedBy(GROUP)).toEqual([]);
  });

  test('a label of one of two contacts that turn out to be one person stays on the chat', async () => {
    const { db, id, labels, carriedBy } = await bench();
    await labels.edit(vip);
    const contacts = new Contacts(db, id, 0);
    const byPhone = await contacts.meet({ jid: '5511999999999@s.whatsapp.net', lid: null });
    await labels.assign('3', { chat: byPhone.contact.id, messageId: null }, true);
    await contacts.meet({ jid: null, lid: '199789077627112@lid' });
    const both = await contacts.meet({ jid: '5511999999999@s.whatsapp.net', lid: '199789077627112@lid' });
    expect(await carriedBy(both.contact.id)).toEqual(['3']);
  });

  test('labels of an instance are its own and go with it', async () => {
    const { db, id, labels } = await bench();
    await labels.edit(vip);
    await labels.assign('3', { chat: GROUP, messageId: null }, true);
    const other = await addInstance(db, testSeal(), { name: 'other' });
    expect(await new Labels(db, other.id).listed()).toEqual([]);
    await db.deleteFrom('instances').where('id', '=', id).execute();
    expect(await db.selectFrom('labels').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('label_assignments').selectAll().execute()).toEqual([]);
  });
});
