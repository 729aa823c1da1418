import { Group, type Phone } from '@ryze/whatsapp-sandbox/client';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../../storage/testing.ts';
import { type LinkedInstance, linkedGateway } from '../../../testing/linked-gateway.ts';
import { linkStockDevice, type StockDevice } from '../../../testing/stock-device.ts';
import { startWhatsApp } from '../../../testing/whatsapp.ts';

const [sqlite] = databases;
const whatsApp = await startWhatsApp();
const MINUTE_MS = 60_000;

const error = (status: number, message: string) => ({ status, body: { success: false, error: { message } } });
const ok = (body: object) => ({ status: 200, body: { success: true, ...body } });

let instance: LinkedInstance;
let other: StockDevice;
let own: Phone;
/** A new one for every test, who has written once. */
let friend: Phone;
let jid: string;
let received: string;

beforeAll(async () => {
  const gateway = await linkedGateway(await sqlite!.open(), whatsApp);
  own = await whatsApp.newPhone('Own', { business: true });
  instance = await gateway.link(own);
  other = await linkStockDevice(whatsApp, own);
  await call('POST', 'tag', { name: 'First' });
});

beforeEach(async () => {
  friend = await whatsApp.newPhone('Friend');
  jid = `${friend.number}@s.whatsapp.net`;
  received = await friend.send(own.number, 'Hello');
  await instance.exchange(received);
});

/** What is compared of an answer. */
async function call(method: string, name: string, body?: object) {
  const { status, body: answer } = await instance.call(
    method,
    `/api/chat/${name}`.replace(/(\?|$)/, '/:instance$1'),
    body,
  );
  return { status, body: answer };
}
const post = (name: string, body: object) => call('POST', name, body);
const listed = async () =>
  (await call('GET', `list?search=${friend.number}`)).body.chats[0] as Record<string, unknown> | undefined;
const sendText = async (to: string, message: string): Promise<string> =>
  (await instance.call('POST', '/api/message/text/:instance', { number: to, message })).body.data.messageId;
const label = (what: string, fits: (data: Record<string, unknown>) => boolean) =>
  instance.events.expect(what, ({ event, data }) => event === 'label.update' && fits(data));
const told = (event: string, fits: (data: Record<string, unknown>) => boolean) =>
  other.events.expect(event, (each) => each.event === event && fits(each.data));
/** Whether the author sees that somebody has read a message. */
async function ticks(phone: Phone, id: string) {
  const answer = await fetch(`${whatsApp.control}/phones/${phone.number}/sent/${id}`);
  return Object.values(((await answer.json()) as { receipts: object }).receipts);
}
async function groupOf(...numbers: string[]) {
  return Group.make(whatsApp.control, friend.number, 'Dev Team', [own.number, ...numbers]);
}

describe('POST /api/chat/archive/:instance', () => {
  test('archives a chat on every device, and brings it back', async () => {
    expect(await post('archive', { number: friend.number, archive: true })).toEqual(
      ok({ message: 'Chat archived successfully', chat_jid: jid, archived: true }),
    );
    expect(await own.entry('archive', jid)).toMatchObject({ archiveChatAction: { archived: true } });
    await told('chats.update', ({ id, archived }) => id === jid && archived === true);
    expect(await listed()).toMatchObject({ jid, archived: true });
    expect(await post('archive', { number: jid })).toEqual(
      ok({ message: 'Chat unarchived successfully', chat_jid: jid, archived: false }),
    );
    expect(await listed()).toMatchObject({ archived: false });
  });

  test('names the newest messages, in a group with their authors', async () => {
    const group = await groupOf();
    await instance.exchange(await friend.send(group.jid, 'In the group'));
    await post('archive', { number: group.jid, archive: true });
    const { archiveChatAction } = (await own.entry('archive', group.jid)) as never as {
      archiveChatAction: { messageRange: { messages: { key: Record<string, unknown> }[] } };
    };
    const [{ key } = { key: {} }] = archiveChatAction.messageRange.messages;
    expect(key).toMatchObject({ remoteJid: group.jid, fromMe: false });
    expect(key.participant).toMatch(/@lid$/);
  });

  test('tells what WhatsApp says when it refuses, throttles or is not known to it', async () => {
    const query = 'w:sync:app:state';
    await own.fault('query-error', { query, code: 500, count: 1 });
    expect(await post('archive', { number: jid, archive: true })).toMatchObject({
      status: 500,
      body: { error: { message: expect.stringMatching(/^failed to archive chat: ./) } },
    });
    await own.fault('query-error', { query, code: 429, count: 1 });
    const throttled = await instance.call('POST', '/api/chat/archive/:instance', { number: jid });
    expect(throttled).toMatchObject(error(429, 'WhatsApp rate limit reached. Try again later.'));
    expect(throttled.headers.get('retry-after')).toBe('60');
    expect(await listed()).toMatchObject({ archived: false });
    expect(await post('archive', { number: '5511900000001' })).toMatchObject(
      error(400, 'Number is not registered on WhatsApp'),
    );
  });
});

describe('POST /api/chat/markRead/:instance', () => {
  test('sends the receipt of one message and leaves the others unread', async () => {
    const second = await friend.send(own.number, 'And?');
    await instance.exchange(second);
    expect(await post('markRead', { messageId: received, number: friend.number })).toEqual(
      ok({ message: 'Message marked as read successfully', message_id: received, chat_jid: jid }),
    );
    await instance.events.expect('nothing more', () => true);
    await expect.poll(() => ticks(friend, received)).toEqual(['read']);
    expect(await ticks(friend, second)).toEqual(['delivered']);
    expect(await listed()).toMatchObject({ unreadCount: 1 });
  });

  test('names the author in a group', async () => {
    const group = await groupOf();
    const id = await friend.send(group.jid, 'In the group');
    await instance.exchange(id);
    const body = { messageId: id, number: group.jid, sender: friend.number };
    expect(await post('markRead', body)).toMatchObject(ok({ chat_jid: group.jid }));
    await expect.poll(() => ticks(friend, id)).toEqual(['read']);
  });
});

describe('POST /api/chat/markChatRead/:instance', () => {
  test('reads everything, as opening the chat does, and marks it unread again', async () => {
    const second = await friend.send(own.number, 'And?');
    await instance.exchange(second);
    expect(await post('markChatRead', { number: jid, read: true })).toEqual(
      ok({ message: 'Chat marked as read successfully', chat_jid: jid, read: true }),
    );
    for (const id of [received, second]) await expect.poll(() => ticks(friend, id)).toEqual(['read']);
    expect(await own.entry('markChatAsRead', jid)).toMatchObject({ markChatAsReadAction: { read: true } });
    expect(await listed()).toMatchObject({ unreadCount: 0, markedUnread: false });
    expect(await post('markChatRead', { number: jid })).toEqual(
      ok({ message: 'Chat marked as unread successfully', chat_jid: jid, read: false }),
    );
    expect(await listed()).toMatchObject({ unreadCount: 0, markedUnread: true });
    await told('chats.update', ({ id, unreadCount }) => id === jid && unreadCount === -1);
  });
});

describe.each(['pin', 'pinChat'])('POST /api/chat/%s/:instance', (name) => {
  test('pins three chats and no fourth', async () => {
    const three = [friend, await whatsApp.newPhone(), await whatsApp.newPhone()];
    for (const { number } of three) {
      expect(await post(name, { number, pin: true })).toMatchObject(
        ok({ message: 'Chat pinned successfully', pinned: true }),
      );
    }
    expect(await own.entry('pin_v1', jid)).toMatchObject({ pinAction: { pinned: true } });
    await told('chats.update', ({ id, pinned }) => id === jid && typeof pinned === 'number');
    expect(await listed()).toMatchObject({ pinned: true, pinnedAt: expect.any(String) });
    expect(await post(name, { number: jid, pin: true })).toMatchObject({ status: 200 });
    const { number } = await whatsApp.newPhone();
    expect(await post(name, { number, pin: true })).toMatchObject(error(400, 'Cannot pin more than 3 chats'));
    for (const each of three) {
      expect(await post(name, { number: each.number })).toMatchObject(
        ok({ message: 'Chat unpinned successfully', pinned: false }),
      );
    }
    expect(await listed()).toMatchObject({ pinned: false, pinnedAt: null });
  });
});

describe('POST /api/chat/pinMessage/:instance', () => {
  test('pins a message for both sides, and unpins it', async () => {
    const body = { messageId: received, pin: true, duration: '24 hours' };
    expect(await post('pinMessage', body)).toEqual(
      ok({
        message: 'Message pinned successfully',
        chat_jid: jid,
        message_id: received,
        pinned: true,
        duration: '24h',
      }),
    );
    await expect.poll(async () => (await friend.inbox()).map(({ kind }) => kind)).toContain('pinInChat');
    expect(await post('pinMessage', { messageId: received })).toEqual(
      ok({ message: 'Message unpinned successfully', chat_jid: jid, message_id: received, pinned: false }),
    );
    const exchanged = instance.events
      .all()
      .filter(({ event, data }) => event === 'message.exchange' && data.chat.jid === jid);
    expect(exchanged).toHaveLength(1);
  });

  test('knows only messages that are stored', async () => {
    expect(await post('pinMessage', { messageId: 'NOPE', pin: true })).toMatchObject(
      error(404, 'message with ID NOPE not found'),
    );
  });

  test('tells that WhatsApp refused it', async () => {
    await own.fault('ack-error', { code: 479, count: 1 });
    expect(await post('pinMessage', { messageId: received, pin: true })).toMatchObject({
      status: 500,
      body: { error: { message: expect.stringMatching(/^failed to pin message: ./) } },
    });
  });
});

describe('POST /api/chat/favorite/:instance', () => {
  test('stars a message on every device', async () => {
    expect(await post('favorite', { messageId: received, favorite: true })).toEqual(
      ok({
        message: 'Message favorited successfully',
        type: 'message',
        chat_jid: jid,
        message_id: received,
        favorite: true,
      }),
    );
    expect(await own.entry('star', jid, received, '0', '0')).toMatchObject({ starAction: { starred: true } });
    await told(
      'messages.update',
      ({ key, update }) =>
        (key as { id: string }).id === received && (update as { starred: boolean }).starred,
    );
    expect(await post('favorite', { messageId: received })).toMatchObject(
      ok({ message: 'Message unfavorited successfully', favorite: false }),
    );
  });

  test('names the author of a group’s message', async () => {
    const group = await groupOf();
    const id = await friend.send(group.jid, 'In the group');
    await instance.exchange(id);
    await post('favorite', { messageId: id, favorite: true });
    const { actions } = await own.appState();
    const { index } = actions.find(({ index }) => index[0] === 'star' && index[2] === id)!;
    expect(index).toEqual(['star', group.jid, id, '0', expect.stringMatching(/@lid$/)]);
  });

  test('keeps favorite chats to itself', async () => {
    const before = (await own.appState()).actions.length;
    expect(await post('favorite', { number: friend.number, favorite: true })).toEqual(
      ok({ message: 'Chat favorited successfully', type: 'chat', chat_jid: jid, favorite: true }),
    );
    expect(await listed()).toMatchObject({ favorite: true });
    expect(await post('favorite', { number: jid })).toMatchObject(
      ok({ message: 'Chat unfavorited successfully' }),
    );
    expect(await listed()).toMatchObject({ favorite: false });
    expect((await own.appState()).actions).toHaveLength(before);
  });

  test('knows only messages that are stored', async () => {
    expect(await post('favorite', { messageId: 'NOPE' })).toMatchObject(error(404, 'Message not found'));
  });
});

describe('POST /api/chat/mute/:instance', () => {
  test.each([
    ['8h', 'Chat muted for 8 hours', 28_800],
    ['7d', 'Chat muted for 1 week', 604_800],
    ['forever', 'Chat muted permanently', 0],
  ])('mutes for %s on every device', async (duration, message, seconds) => {
    const before = Date.now();
    expect(await post('mute', { number: jid, mute: true, duration })).toEqual(
      ok({ message, chat_jid: jid, muted: true, duration: seconds }),
    );
    const { muteAction } = (await own.entry('mute', jid)) as never as {
      muteAction: { muted: boolean; muteEndTimestamp: string | number };
    };
    const end = Number(muteAction.muteEndTimestamp);
    if (seconds === 0) expect(end).toBe(-1);
    else expect(Math.abs(end - before - seconds * 1000)).toBeLessThan(MINUTE_MS);
    expect(await listed()).toMatchObject({
      muted: true,
      mutedUntil: seconds === 0 ? null : expect.any(String),
    });
    expect(await post('mute', { number: jid })).toEqual(
      ok({ message: 'Chat notifications unmuted successfully', chat_jid: jid, muted: false, duration: 0 }),
    );
    expect(await listed()).toMatchObject({ muted: false, mutedUntil: null });
  });
});

describe('POST /api/chat/block/:instance', () => {
  test('blocks and lets in again, and counts who is blocked', async () => {
    expect(await post('block', { number: friend.number, block: true })).toEqual(
      ok({ message: 'Contact blocked successfully', contact_jid: jid, blocked_count: 1, blocked: true }),
    );
    expect(await post('block', { number: jid, block: true })).toMatchObject(ok({ blocked_count: 1 }));
    expect(await post('block', { number: friend.number })).toEqual(
      ok({ message: 'Contact unblocked successfully', contact_jid: jid, blocked_count: 0, blocked: false }),
    );
  });
});

describe('POST /api/chat/presence/:instance', () => {
  const shown = async () => {
    const { phones } = (await (await fetch(`${whatsApp.control}/phones`)).json()) as {
      phones: { number: string; chatStates: Record<string, string> }[];
    };
    return phones.find(({ number }) => number === friend.number)?.chatStates[own.number];
  };

  test('shows typing and recording, and takes it back', async () => {
    const presence = (state: string, more: object = {}) =>
      post('presence', { number: friend.number, state, ...more });
    const message = 'Presence updated successfully';
    expect(await presence('Typing', { duration: 90 })).toEqual(
      ok({ message, chat_jid: jid, state: 'typing', duration: 60 }),
    );
    await expect.poll(shown).toBe('composing');
    expect(await presence('recording')).toEqual(ok({ message, chat_jid: jid, state: 'recording' }));
    await expect.poll(shown).toBe('recording');
    expect(await presence('paused', { duration: 5 })).toEqual(ok({ message, chat_jid: jid, state: 'pause' }));
    await expect.poll(shown).toBe('paused');
  });
});

describe('POST /api/chat/forward/:instance', () => {
  test('passes a text on, marked as forwarded, and tells of it', async () => {
    const third = await whatsApp.newPhone('Third');
    const { status, body } = await post('forward', { messageId: received, to: third.number });
    expect({ status, body }).toEqual(
      ok({
        message: 'Message forwarded successfully',
        messageId: expect.any(String),
        originalId: received,
        destinationJid: `${third.number}@s.whatsapp.net`,
      }),
    );
    expect(await third.sees(body.messageId)).toMatchObject({ text: 'Hello', forwarded: 1 });
    const { data } = await instance.exchange(body.messageId);
    expect(data).toMatchObject({
      direction: 'outgoing',
      chat: { jid: `${third.number}@s.whatsapp.net` },
      message: { type: 'text', content: 'Hello', isForwarded: true, source: 'api' },
    });
    const again = await post('forward', { messageId: body.messageId, to: jid });
    expect(await friend.sees(again.body.messageId)).toMatchObject({ forwarded: 2 });
  });

  test('refuses what is unknown or no such message', async () => {
    expect(await post('forward', { messageId: 'NOPE', to: jid })).toMatchObject(
      error(404, 'message not found'),
    );
    const poll = { number: jid, title: 'Lunch?', options: ['Yes', 'No'], question: 'Lunch?' };
    const { body } = await instance.call('POST', '/api/message/poll/:instance', poll);
    const messageId = body.data?.messageId;
    expect(await post('forward', { messageId, to: jid })).toMatchObject(
      error(500, 'unsupported message type for forwarding: poll'),
    );
    expect(await post('forward', { messageId: received, to: '5511900000001' })).toMatchObject(
      error(400, 'Number is not registered on WhatsApp'),
    );
    await own.fault('ack-error', { code: 429, count: 1 });
    expect(await post('forward', { messageId: received, to: jid })).toMatchObject(
      error(429, 'WhatsApp rate limit reached. Try again later.'),
    );
  });
});

describe('POST /api/chat/edit/:instance', () => {
  test('edits a sent text for both sides, and tells of it', async () => {
    const id = await sendText(friend.number, 'At 5 PM');
    expect(await post('edit', { messageId: id, content: ' At 6 PM ' })).toEqual(
      ok({
        message: 'Message edited successfully',
        messageId: id,
        chatJid: jid,
        oldContent: 'At 5 PM',
        newContent: ' At 6 PM ',
      }),
    );
    const edited = await instance.events.expect(
      'the edit',
      ({ data }) => data.message?.edit?.original_id === id,
    );
    expect(edited.data.message).toMatchObject({
      type: 'message_edit',
      direction: 'outgoing',
      isEdit: true,
      content: ' At 6 PM ',
      source: 'api',
    });
    expect(await friend.sees(edited.data.id)).toMatchObject({ kind: 'edit', text: ' At 6 PM ' });
    expect((await call('GET', `getMessage?messageId=${id}`)).body.data).toMatchObject({
      content: ' At 6 PM ',
    });
    expect((await post('edit', { messageId: id, content: 'x' })).body.oldContent).toBe(' At 6 PM ');
  });

  test('edits own texts only', async () => {
    expect(await post('edit', { messageId: 'NOPE', content: 'x' })).toMatchObject(
      error(404, 'message not found'),
    );
    expect(await post('edit', { messageId: received, content: 'x' })).toMatchObject(
      error(400, 'can only edit messages sent by this instance'),
    );
    const location = { number: jid, latitude: -23.5, longitude: -46.6, name: 'Office' };
    const { body } = await instance.call('POST', '/api/message/location/:instance', location);
    expect(await post('edit', { messageId: body.data?.messageId, content: 'x' })).toMatchObject(
      error(400, 'can only edit text messages'),
    );
  });
});

describe('DELETE /api/chat/delete/:instance', () => {
  const remove = (messageId: string, deleteForEveryone?: boolean) =>
    call('DELETE', 'delete', { messageId, deleteForEveryone });

  test('takes a sent message away for everybody, and may be repeated', async () => {
    const id = await sendText(friend.number, 'Oops');
    const answer = ok({
      message: 'Message deleted for everyone successfully',
      message_id: id,
      chat_jid: jid,
      delete_type: 'revoke',
    });
    expect(await remove(id, true)).toEqual(answer);
    await expect
      .poll(async () => (await friend.inbox()).filter(({ target }) => target === id))
      .toMatchObject([{ kind: 'revoke' }]);
    const { data } = await instance.events.expect(
      'the revocation',
      ({ data }) => data.message?.revoke?.original_id === id,
    );
    expect(data).toMatchObject({ id, direction: 'outgoing', message: { type: 'message_revoke' } });
    expect((await call('GET', `getMessage?messageId=${id}`)).body.data).toMatchObject({
      type: 'message_revoke',
      content: '',
    });
    expect(await remove(id, true)).toEqual(answer);
  });

  test('takes a member’s message away as an admin', async () => {
    const group = await Group.make(whatsApp.control, own.number, 'Dev Team', [friend.number]);
    const id = await friend.send(group.jid, 'Spam');
    await instance.exchange(id);
    expect(await remove(id, true)).toMatchObject(ok({ chat_jid: group.jid, delete_type: 'revoke' }));
    const { data } = await instance.events.expect(
      'the revocation',
      ({ data }) => data.message?.revoke?.original_id === id,
    );
    expect(data.message.revoke).toEqual({ original_id: id, author: jid, by_admin: true });
  });

  test('drops a message here and on the own devices alone', async () => {
    expect(await remove(received)).toEqual(
      ok({
        message: 'Message deleted for me successfully',
        message_id: received,
        chat_jid: jid,
        delete_type: 'delete_for_me',
      }),
    );
    expect(await own.entry('deleteMessageForMe', jid, received, '0', '0')).toBeDefined();
    expect(await remove(received)).toMatchObject(error(404, 'message not found'));
    expect(await listed()).toMatchObject({ unreadCount: 0, lastMessage: null });
  });

  test('cannot take away what somebody else wrote in a private chat', async () => {
    expect(await remove(received, true)).toMatchObject(
      error(400, 'can only delete for everyone messages sent by this instance'),
    );
  });
});

describe('DELETE /api/chat/deleteChat/:instance', () => {
  test('takes the chat off the list with its messages, until something new comes', async () => {
    expect(await call('DELETE', `deleteChat?number=${friend.number}`)).toEqual(
      ok({ message: 'Chat deleted successfully', chat_jid: jid, delete_media: false }),
    );
    expect(await own.entry('deleteChat', jid, '0')).toBeDefined();
    await told('chats.delete', (id) => (id as never) === jid);
    expect(await listed()).toBeUndefined();
    await expect.poll(async () => (await call('GET', `getMessage?messageId=${received}`)).status).toBe(404);
    expect(await call('DELETE', 'deleteChat', { number: jid })).toMatchObject({ status: 200 });
    await instance.exchange(await friend.send(own.number, 'Still there?'));
    expect(await listed()).toMatchObject({ jid, unreadCount: 1 });
  });
});

describe('labels over /api/chat', () => {
  const create = async (name: string, color = 5) => (await post('tag', { name, color })).body.tag;

  describe('POST /api/chat/tag/:instance', () => {
    test('makes a label on every device, with the next free id', async () => {
      const [first, second] = await Promise.all([create('VIP'), create('VIP', 99)]);
      expect(Math.abs(first.id - second.id)).toBe(1);
      expect(second).toEqual({ id: second.id, name: 'VIP', color: 0, type: 'CUSTOM', deleted: false });
      expect(await own.entry('label_edit', first.id)).toMatchObject({
        labelEditAction: { name: 'VIP', color: 5, deleted: false },
      });
      await told('labels.edit', ({ id, name }) => id === first.id && name === 'VIP');
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
      await told(
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
});
