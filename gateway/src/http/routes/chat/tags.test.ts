import { describe, expect, test } from 'vitest';
import { call, error, friend, instance, jid, label, ok, own, post, synced } from './testing/changes.ts';

const create = async (name: string, color = 5) => (await post('tag', { name, color })).body.tag;

describe('POST /api/chat/tag/:instance', () => {
  test('makes a label on every device, with the next free id', async () => {
    const [first, second] = await Promise.all([create('VIP'), create('VIP', 99)]);
    expect(Math.abs(first.id - second.id)).toBe(1);
    expect(second).toEqual({ id: second.id, name: 'VIP', color: 0, type: 'CUSTOM', deleted: false });
    expect(await own.entry('label_edit', first.id)).toMatchObject({
      labelEditAction: { name: 'VIP', color: 5, deleted: false },
    });
    await synced('labels.edit', ({ id, name }) => id === first.id && name === 'VIP');
    const { data } = await label('the label', ({ labelId }) => labelId === first.id);
    expect(data).toMatchObject({ type: 'edit', action: 'created', name: 'VIP', color: 5, deleted: false });
  });

  test('does not take the id of a label that the phone made meanwhile', async () => {
    const { id } = await create('Before');
    await own.act('label', { id: String(Number(id) + 1), name: 'Of the phone' });
    expect((await create('After')).id).toBe(String(Number(id) + 2));
  });
});

describe('GET /api/chat/tag/:instance', () => {
  test('lists labels of both sides, WhatsApp’s own among them', async () => {
    await own.act('label', { id: '900', name: 'New customer', color: 1, predefined: 1 });
    await label('the label', ({ labelId }) => labelId === '900');
    const { body } = await call('GET', 'tag');
    expect(body.message).toBe('Tags retrieved successfully');
    expect(body.total).toBe(body.tags.length);
    expect(body.tags.at(-1)).toEqual({
      id: '900',
      name: 'New customer',
      color: 1,
      type: 'PREDEFINED',
      deleted: false,
    });
  });
});

describe('POST /api/chat/assignTag/:instance', () => {
  test('puts a label on a chat, once', async () => {
    const { id } = await create('VIP');
    const answer = ok({ message: 'Tag assigned successfully', tag_id: id, chat_jid: jid });
    expect(await post('assignTag', { number: friend.number, tagId: Number(id) })).toEqual(answer);
    expect(await post('assignTag', { number: jid, tagId: id })).toEqual(answer);
    expect(await own.entry('label_jid', id, jid)).toMatchObject({
      labelAssociationAction: { labeled: true },
    });
    await synced(
      'labels.association',
      ({ type, association }) => type === 'add' && (association as { labelId: string }).labelId === id,
    );
    await label('the assignment', ({ type, labelId }) => type === 'chat' && labelId === id);
    const { body } = await call('GET', `contactsByLabel?labelIds=${id}`);
    expect(body).toMatchObject({ total_chats: 1, chats: [{ chat_jid: jid }] });
    expect(
      instance.events.all().filter(({ data }) => data.type === 'chat' && data.labelId === id),
    ).toHaveLength(1);
  });

  test('knows only labels that are there', async () => {
    expect(await post('assignTag', { number: jid, tagId: '12345' })).toMatchObject(
      error(404, 'Tag not found'),
    );
  });
});

describe('DELETE /api/chat/assignTag/:instance', () => {
  test('takes a label off a chat and leaves it', async () => {
    const { id } = await create('VIP');
    await post('assignTag', { number: jid, tagId: id });
    const remove = () => call('DELETE', `assignTag?number=${jid}&tagId=${id}`);
    const answer = ok({ message: 'Tag removed successfully', tag_id: id, chat_jid: jid });
    expect(await remove()).toEqual(answer);
    expect(await remove()).toEqual(answer);
    const { data } = await label(
      'the removal',
      ({ labelId, action }) => labelId === id && action === 'remove',
    );
    expect(data).toMatchObject({ type: 'chat', chatJid: jid, labeled: false });
    expect(await call('DELETE', `assignTag?number=${jid}&tagId=12345`)).toMatchObject(
      error(404, 'Tag not found'),
    );
  });
});

describe('DELETE /api/chat/tag/:instance', () => {
  test('deletes a label, on chats too, and answers so again while it is listed', async () => {
    const { id } = await create('VIP');
    await post('assignTag', { number: jid, tagId: id });
    const remove = () => call('DELETE', `tag?tagId=${id}`);
    const answer = ok({
      message: 'Tag deleted successfully',
      tag: { id, name: '', color: 0, type: '', deleted: true },
    });
    expect(await remove()).toEqual(answer);
    expect(await own.entry('label_edit', id)).toMatchObject({ labelEditAction: { deleted: true } });
    expect(await remove()).toEqual(answer);
    expect((await call('GET', 'tag')).body.tags).toContainEqual({
      id,
      name: 'VIP',
      color: 5,
      type: 'CUSTOM',
      deleted: true,
    });
    expect((await call('GET', `contactsByLabel?labelIds=${id}`)).body.total_chats).toBe(0);
    const { data } = await label(
      'the deletion',
      ({ labelId, action }) => labelId === id && action === 'deleted',
    );
    expect(data).toMatchObject({ type: 'edit', name: 'VIP', color: 5, deleted: true });
    expect(await call('DELETE', 'tag?tagId=12345')).toMatchObject(error(404, 'Tag not found'));
    const refreshed = await call('GET', 'contactsByLabel?refresh=true');
    expect(refreshed).toMatchObject({ status: 200, body: { refreshed: true } });
    expect(await remove()).toMatchObject(error(404, 'Tag not found'));
  });
});
