import { describe, expect, test } from 'vitest';
import {
  call,
  error,
  friend,
  groupOf,
  instance,
  jid,
  listed,
  ok,
  own,
  post,
  received,
  synced,
  ticks,
  whatsApp,
} from './testing/changes.ts';

const MINUTE_MS = 60_000;

describe('POST /api/chat/archive/:instance', () => {
  test('archives a chat on every device, and brings it back', async () => {
    expect(await post('archive', { number: friend.number, archive: true })).toEqual(
      ok({ message: 'Chat archived successfully', chat_jid: jid, archived: true }),
    );
    expect(await own.entry('archive', jid)).toMatchObject({ archiveChatAction: { archived: true } });
    await synced('chats.update', ({ id, archived }) => id === jid && archived === true);
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

  test('answers what WhatsApp answers when it refuses, throttles or does not know the number', async () => {
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
    await synced('chats.update', ({ id, unreadCount }) => id === jid && unreadCount === -1);
  });
});

describe.each([
  ['POST /api/chat/pin/:instance', 'pin'],
  ['POST /api/chat/pinChat/:instance', 'pinChat'],
])('%s', (_, name) => {
  test('pins three chats and no fourth', async () => {
    const three = [friend, await whatsApp.newPhone(), await whatsApp.newPhone()];
    for (const { number } of three) {
      expect(await post(name, { number, pin: true })).toMatchObject(
        ok({ message: 'Chat pinned successfully', pinned: true }),
      );
    }
    expect(await own.entry('pin_v1', jid)).toMatchObject({ pinAction: { pinned: true } });
    await synced('chats.update', ({ id, pinned }) => id === jid && typeof pinned === 'number');
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

describe('DELETE /api/chat/deleteChat/:instance', () => {
  test('takes the chat off the list with its messages, until something new comes', async () => {
    expect(await call('DELETE', `deleteChat?number=${friend.number}`)).toEqual(
      ok({ message: 'Chat deleted successfully', chat_jid: jid, delete_media: false }),
    );
    expect(await own.entry('deleteChat', jid, '0')).toBeDefined();
    await synced('chats.delete', (id) => (id as never) === jid);
    expect(await listed()).toBeUndefined();
    await expect.poll(async () => (await call('GET', `getMessage?messageId=${received}`)).status).toBe(404);
    expect(await call('DELETE', 'deleteChat', { number: jid })).toMatchObject({ status: 200 });
    await instance.exchange(await friend.send(own.number, 'Still there?'));
    expect(await listed()).toMatchObject({ jid, unreadCount: 1 });
  });
});
