import { Group, Newsletter } from '@ryze/whatsapp-sandbox/client';
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
  sendText,
  synced,
  whatsApp,
} from './testing/changes.ts';

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

  test('answers that WhatsApp refused it', async () => {
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
    await synced(
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

describe('POST /api/chat/forward/:instance', () => {
  test('passes a text on, marked as forwarded, and reports it', async () => {
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

  test('passes a file on without moving it', async () => {
    const { id } = await friend.sendMedia(own.number, { kind: 'image', bytes: 5_000, caption: 'Look' });
    await instance.exchange(id);
    const third = await whatsApp.newPhone('Third');
    const { body } = await post('forward', { messageId: id, to: third.number });
    expect(await third.sees(body.messageId)).toMatchObject({ kind: 'image', text: 'Look', forwarded: 1 });
    expect(await third.file(body.messageId)).toEqual(await friend.file(id));
    const { data } = await instance.exchange(body.messageId);
    expect(data.message).toMatchObject({ type: 'image', content: 'Look', isForwarded: true });
  });

  test('puts a file into a channel in the clear, as files are there', async () => {
    const { id } = await friend.sendMedia(own.number, { kind: 'image', bytes: 5_000, caption: 'Look' });
    await instance.exchange(id);
    const channel = await Newsletter.make(whatsApp.control, own.number, 'News');
    await channel.follow(friend.number);
    const { status, body } = await post('forward', { messageId: id, to: channel.jid });
    expect({ status, body }).toMatchObject(ok({ destinationJid: channel.jid }));
    expect(await friend.sees(body.messageId)).toMatchObject({
      kind: 'image',
      text: 'Look',
      chat: channel.jid,
    });
    expect(await friend.file(body.messageId)).toEqual(await friend.file(id));
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
  test('edits a sent text for both sides, and reports it', async () => {
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

  test('a refused edit fails as the operation, not as a message', async () => {
    const id = await sendText(friend.number, 'At 5 PM');
    await own.fault('ack-error', { code: 479, count: 1 });
    expect(await post('edit', { messageId: id, content: 'At 6 PM' })).toMatchObject(
      error(500, 'failed to edit message: WhatsApp refused it (code 479)'),
    );
  });
});

describe('DELETE /api/chat/delete/:instance', () => {
  const remove = (messageId: string, deleteForEveryone?: boolean) =>
    call('DELETE', 'delete', { messageId, deleteForEveryone });

  test('deletes a sent message for everybody, and may be repeated', async () => {
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

  test('cannot delete for everybody what the other side wrote in a private chat', async () => {
    expect(await remove(received, true)).toMatchObject(
      error(400, 'can only delete for everyone messages sent by this instance'),
    );
  });
});
