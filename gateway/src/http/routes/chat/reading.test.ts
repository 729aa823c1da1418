import { beforeAll, describe, expect, test } from 'vitest';
import { AT, JOAO, SELF } from '../../../instances/ingest/testing/ingest.ts';
import { PollVotes } from '../../../mailbox/poll-votes.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { shapeDifferences } from '../../../testing/shape.ts';
import { historyExamples } from './history.example.ts';
import { listExamples } from './list.example.ts';
import {
  DEV_TEAM,
  edit,
  inGroup,
  MARIA,
  type MailboxBench,
  mailboxBench,
  revoke,
} from './testing/mailbox.ts';

const error = (status: number, message: string) => ({ status, body: { success: false, error: { message } } });
const CHATS_OF_NOBODY = '5500000000000';

describe.each(databases)('the mailbox on $name', ({ open }) => {
  let bench: MailboxBench;

  /*
   * A conversation with João of eight messages, on its items: a question (edited), an image that answers it, an answer
   * of ours, something taken back; a reaction and a vote are none. Dev Team has two messages.
   */
  beforeAll(async () => {
    bench = await mailboxBench(await open());
    const { receive, chats, keyOf, labels, db } = bench;
    await receive('3EB0A', 0);
    await receive('3EB0B', 10, { message: edit('3EB0A', 'Hello again') });
    await receive('3EB0C', 10, {
      message: {
        imageMessage: {
          mimetype: 'image/jpeg',
          fileLength: 84_211,
          caption: 'Look',
          contextInfo: { stanzaId: '3EB0A', participant: JOAO.jid },
        },
      },
    });
    await receive('3EB0D', 20, { key: { fromMe: true } });
    await receive('3EB0E', 30, { message: { reactionMessage: { text: '👍', key: { id: '3EB0D' } } } });
    await receive('3EB0F', 40);
    await receive('3EB0G', 41, { message: revoke('3EB0F') });
    await receive('3EB0H', 50, { key: inGroup(JOAO), message: { conversation: 'Morning' } });
    await receive('3EB0I', 51, { key: inGroup(MARIA), message: { conversation: 'Hi' }, pushName: 'Maria' });
    await chats.set(DEV_TEAM, { name: 'Dev Team' });
    await db
      .updateTable('contacts')
      .set({ saved_name: 'João Silva', push_name: 'joao' })
      .where('jid', '=', JOAO.jid)
      .execute();
    await labels.edit({ id: '1', name: 'Important', color: 0, predefined: false, deleted: false });
    await labels.edit({ id: '2', name: 'VIP', color: 5, predefined: false, deleted: false });
    await labels.edit({ id: '3', name: 'Gone', color: 5, predefined: false, deleted: false });
    for (const id of ['1', '2', '3'])
      await labels.assign(id, { chat: await keyOf(JOAO.jid), messageId: null }, true);
    await labels.assign('2', { chat: DEV_TEAM, messageId: null }, true);
    await labels.edit({ id: '3', name: '', color: 0, predefined: false, deleted: true });
  });

  describe('GET /api/chat/contacts/:instance', () => {
    const joao = {
      jid: JOAO.jid,
      lid: JOAO.lid,
      first_name: 'João',
      full_name: 'João Silva',
      push_name: 'joao',
      business_name: '',
      redacted_phone: '',
      found: true,
    };

    test('lists people by address, all at once or in pages', async () => {
      const all = await bench.get('contacts');
      expect(all.body).toMatchObject({ message: 'Contacts retrieved successfully', total: 2 });
      expect(all.body.contacts[0]).toEqual(joao);
      expect(all.body.contacts.map(({ jid }: { jid: string }) => jid)).toEqual([JOAO.jid, MARIA.jid]);
      expect(all.body).not.toHaveProperty('nextCursor');
      const first = await bench.get('contacts', { limit: '1' });
      expect(first.body).toMatchObject({ total: 2, contacts: [joao] });
      const second = await bench.get('contacts', { limit: '1', cursor: first.body.nextCursor });
      expect(second.body).toMatchObject({ total: 2, contacts: [{ jid: MARIA.jid }], nextCursor: null });
    });

    test.each(['5511999999999', '551199999999', '+55 (11) 99999-9999', JOAO.jid, JOAO.lid])(
      'finds one by %s',
      async (number) => {
        const found = await bench.get('contacts', { number, limit: '0', cursor: '!' });
        expect(found.body).toEqual({
          success: true,
          message: 'Contact retrieved successfully',
          contact: joao,
        });
      },
    );

    test('shows how an unknown contact would be named', async () => {
      const { status, body } = await bench.get('contacts', { number: CHATS_OF_NOBODY });
      const nobody = { first_name: '', full_name: '', push_name: '', business_name: '', redacted_phone: '' };
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          success: true,
          message: 'Contact not found',
          contact: { jid: `${CHATS_OF_NOBODY}@s.whatsapp.net`, ...nobody, found: false },
        },
      });
    });

    test.each([
      [{ limit: '0' }, 'limit must be between 1 and 1000'],
      [{ limit: '1001' }, 'limit must be between 1 and 1000'],
      [{ limit: 'x' }, 'limit must be between 1 and 1000'],
      [{ cursor: 'nonsense' }, 'Invalid cursor'],
      [{ number: '1234' }, 'Invalid number: 1234'],
      [{ number: DEV_TEAM }, `Invalid number: ${DEV_TEAM}`],
    ])('%j: %s', async (query, message) => {
      expect(await bench.get('contacts', query as Record<string, string>)).toMatchObject(error(400, message));
    });
  });

  describe('GET /api/chat/contactsByLabel/:instance', () => {
    const important = { id: '1', name: 'Important', color: 0, type: 'CUSTOM', deleted: false };
    const vip = { id: '2', name: 'VIP', color: 5, type: 'CUSTOM', deleted: false };
    const group = { chat_jid: DEV_TEAM, name: 'Dev Team', is_group: true };
    const joao = { chat_jid: JOAO.jid, name: 'João Silva', is_group: false };

    test.each<[Record<string, string>, object[], string[]]>([
      [
        {},
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [important, vip] },
        ],
        [],
      ],
      [
        { labelIds: ' 2 , 9' },
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [vip] },
        ],
        ['2'],
      ],
      [{ labelNames: 'important' }, [{ ...joao, labels: [important] }], ['1']],
      [
        { labelIds: '2', labelNames: 'IMPORTANT', refresh: '0' },
        [
          { ...group, labels: [vip] },
          { ...joao, labels: [important, vip] },
        ],
        ['1', '2'],
      ],
      [{ labelIds: '3,9', labelNames: 'nothing' }, [], []],
    ])('%j', async (query, chats, filter_label_ids) => {
      const { status, body } = await bench.get('contactsByLabel', query);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          success: true,
          message: 'Chats retrieved successfully',
          chats,
          total_chats: chats.length,
          total_rows: chats.flatMap((chat) => (chat as { labels: object[] }).labels).length,
          refreshed: false,
          filter_label_ids,
        },
      });
    });

    test.each([
      [{ refresh: 'yes' }, 400, 'refresh must be true or false'],
      [{ refresh: 'true' }, 503, 'Instance is not connected to WhatsApp'],
    ])('%j: %i %s', async (query, status, message) => {
      expect(await bench.get('contactsByLabel', query)).toMatchObject(error(status, message));
    });
  });

  describe('GET /api/chat/getMessage/:instance', () => {
    const get = (messageId: string) => bench.get('getMessage', { messageId });

    test('shows what came in and what went out, with its file', async () => {
      expect((await get('3EB0C')).body).toEqual({
        success: true,
        message: 'Message found',
        messageId: '3EB0C',
        data: {
          content: 'Look',
          type: 'image',
          from: JOAO.jid,
          to: SELF.jid,
          chat: JOAO.jid,
          timestamp: '2026-04-28T10:30:10Z',
          isGroup: false,
          status: 'received',
          media: { type: 'image', mimeType: 'image/jpeg', size: 84_211, caption: 'Look', available: false },
        },
        status: 'found',
      });
      const out = { from: SELF.jid, to: JOAO.jid, chat: JOAO.jid, status: 'sent' };
      expect((await get('3EB0D')).body.data).toMatchObject(out);
      const said = { from: MARIA.jid, to: DEV_TEAM, chat: DEV_TEAM, isGroup: true };
      expect((await get('3EB0I')).body.data).toMatchObject(said);
      expect((await get('3EB0E')).body.data).toMatchObject({ type: 'reaction', content: '👍' });
    });

    test('says what is wrong with a question', async () => {
      const missing = 'Message ID is required (use ?messageId=<message-id>)';
      expect(await bench.get('getMessage')).toMatchObject(error(400, missing));
      expect(await get(' ')).toMatchObject(error(400, missing));
      expect(await get('3EB0NONE')).toMatchObject(error(404, 'Message not found'));
    });
  });

  describe('GET /api/chat/status/:instance', () => {
    const read = (messageId: string, token?: string) => bench.get('status', { messageId }, token);
    const receipt = (type: string, from = JOAO.jid) =>
      bench.ingest.receipt({
        ids: ['3EB0D'],
        type,
        chat: JOAO.jid,
        from,
        fromAlt: null,
        participant: null,
        at: AT,
      });

    test('never goes back', async () => {
      expect((await read('3EB0D')).body).toEqual({
        success: true,
        message: 'Message status retrieved successfully',
        message_id: '3EB0D',
        status: 'sent',
        status_code: 1,
        direction: 'sent',
        chat_jid: JOAO.jid,
        timestamp: '2026-04-28T10:30:20Z',
      });
      await receipt('read');
      await receipt('');
      expect((await read('3EB0D')).body).toMatchObject({ status: 'read', status_code: 4 });
      await receipt('played');
      expect((await read('3EB0D')).body).toMatchObject({ status: 'played', status_code: 5 });
    });

    test('of what came in is received until a device of the account shows it', async () => {
      const received = { status: 'received', status_code: 3, direction: 'received' };
      expect((await read('3EB0I')).body).toMatchObject(received);
      await bench.ingest.receipt({
        ids: ['3EB0I'],
        type: 'read-self',
        chat: DEV_TEAM,
        from: SELF.jid,
        fromAlt: null,
        participant: MARIA.jid,
        at: AT,
      });
      expect((await read('3EB0I')).body).toMatchObject({
        status: 'read',
        status_code: 4,
        direction: 'received',
      });
    });

    test('only the account learns that another instance of it has the message', async () => {
      const second = await bench.instanceOf(bench.owner, 'second');
      await bench.db
        .updateTable('messages')
        .set({ instance_id: second.id })
        .where('instance_id', '=', bench.instance.id)
        .where('message_id', '=', '3EB0G')
        .execute();
      const elsewhere = error(404, 'Message does not belong to this instance');
      expect(await read('3EB0G', bench.owner.token)).toMatchObject(elsewhere);
      expect(await read('3EB0G')).toMatchObject(error(404, 'Message not found'));
      expect(await read('3EB0NONE', bench.owner.token)).toMatchObject(error(404, 'Message not found'));
      expect(await bench.get('status')).toMatchObject(error(400, 'messageId query parameter is required'));
    });
  });

  describe('POST /api/chat/history/:instance', () => {
    const page = async (body: object) => (await bench.post('history', { number: JOAO.jid, ...body })).body;
    const ids = ({ messages }: { messages: { id: string }[] }) => messages.map(({ id }) => id);

    test('is what was written, newest first: edited, deleted, answered', async () => {
      const history = await page({});
      expect(history).toMatchObject({
        success: true,
        message: 'Chat history retrieved successfully',
        chat_jid: JOAO.jid,
        count: 4,
        hasMore: false,
        nextCursor: null,
        messages: [
          { id: '3EB0F', type: 'message_revoke', content: '', isEdit: false },
          { id: '3EB0D', fromMe: true, senderJid: SELF.jid, sender: { lid: SELF.lid, name: SELF.name } },
          { id: '3EB0C', type: 'image', replyTo: { messageId: '3EB0A' }, media: { caption: 'Look' } },
          { id: '3EB0A', type: 'text', content: 'Hello again', isEdit: true, status: 'received' },
        ],
      });
      expect(shapeDifferences(history, historyExamples[0]?.answer)).toEqual([]);
    });

    test('goes on where the cursor points, within the window', async () => {
      const first = await page({ count: 3 });
      expect(first).toMatchObject({ count: 3, hasMore: true, nextCursor: '3EB0C' });
      expect(ids(await page({ count: 3, before: first.nextCursor }))).toEqual(['3EB0A']);
      const window = { from: '2026-04-28T10:30:10Z', to: '2026-04-28T07:30:20-03:00' };
      expect(ids(await page(window))).toEqual(['3EB0D', '3EB0C']);
      expect(ids(await page({ ...window, before: '3EB0D' }))).toEqual(['3EB0C']);
      expect(await page({ ...window, count: 2 })).toMatchObject({ hasMore: true, nextCursor: null });
    });

    test.each(['5511999999999', '551199999999', JOAO.lid])('%s is the same chat', async (number) => {
      expect(ids(await page({ number, count: 0, from: '', to: null }))).toHaveLength(4);
    });

    test('a chat without messages has none', async () => {
      const empty = { count: 0, hasMore: false, nextCursor: null, messages: [] };
      const chat_jid = `${CHATS_OF_NOBODY}@s.whatsapp.net`;
      expect(await page({ number: CHATS_OF_NOBODY })).toMatchObject({ chat_jid, ...empty });
      expect(await page({ number: 'status@broadcast' })).toMatchObject({
        chat_jid: 'status@broadcast',
        ...empty,
      });
      expect(ids(await page({ number: DEV_TEAM }))).toEqual(['3EB0I', '3EB0H']);
    });

    const format = (name: string) =>
      `invalid '${name}' date format. Use ISO 8601 format (e.g., '2026-02-16T18:32:39Z')`;
    test.each<[unknown, number, string]>([
      ['{', 400, 'Invalid request body: malformed JSON'],
      [{}, 400, 'Number is required'],
      [{ number: ' ' }, 400, 'Number is required'],
      [{ number: 5511999999999 }, 400, 'Invalid request body: number must be a string'],
      [{ number: '1234' }, 400, 'Invalid number: 1234'],
      [{ number: JOAO.jid, count: '5' }, 400, 'Invalid request body: count must be an integer'],
      [{ number: JOAO.jid, count: 1.5 }, 400, 'Invalid request body: count must be an integer'],
      [{ number: JOAO.jid, count: -1 }, 400, 'count must be between 1 and 200'],
      [{ number: JOAO.jid, count: 201, from: 'x' }, 400, 'count must be between 1 and 200'],
      [{ number: JOAO.jid, from: '2026-04-20', to: 'x' }, 400, format('from')],
      [{ number: JOAO.jid, to: '2026-04-20T00:00:00' }, 400, format('to')],
      [{ number: JOAO.jid, before: '3EB0H' }, 404, 'Message not found'],
    ])('%j: %i %s', async (body, status, message) => {
      expect(await bench.post('history', body)).toMatchObject(error(status, message));
    });
  });

  describe('GET /api/chat/list/:instance', () => {
    const list = async (query: Record<string, string> = {}) => (await bench.get('list', query)).body;
    const jids = ({ chats }: { chats: { jid: string }[] }) => chats.map(({ jid }) => jid);

    test('shows a chat with all that is known of it', async () => {
      const chat = await bench.keyOf(JOAO.jid);
      const until = bench.clock.now() + 3_600_000;
      await bench.chats.set(chat, { pinnedAt: AT, mutedUntil: until, favorite: true, markedUnread: true });
      const body = await list({ search: 'JOÃO' });
      expect(body.message).toBe('1 chat(s) found');
      expect(body.chats[0]).toMatchObject({
        jid: JOAO.jid,
        lid: JOAO.lid,
        name: 'João Silva',
        type: 'private',
        unreadCount: 3,
        markedUnread: true,
        archived: false,
        pinned: true,
        pinnedAt: '2026-04-28T10:30:00Z',
        muted: true,
        favorite: true,
        labels: [{ id: '1' }, { id: '2' }],
        lastActivityAt: '2026-04-28T10:30:40Z',
        lastMessage: { id: '3EB0F', type: 'message_revoke', chatJid: JOAO.jid },
      });
      expect(shapeDifferences(body, listExamples[0]?.answer)).toEqual([]);
      await bench.chats.set(chat, { mutedUntil: -1 });
      expect((await list({ search: '99999' })).chats[0]).toMatchObject({ muted: true, mutedUntil: null });
      await bench.chats.set(chat, { mutedUntil: bench.clock.now(), markedUnread: false });
      expect((await list({ search: '99999' })).chats[0]).toMatchObject({ muted: false, mutedUntil: null });
    });

    test('is in the order of activity, filtered as asked', async () => {
      await bench.chats.set('120363000000000001@newsletter', { name: 'News', archived: true });
      const newsletter = '120363000000000001@newsletter';
      expect(jids(await list())).toEqual([DEV_TEAM, JOAO.jid, newsletter]);
      expect(jids(await list({ archived: 'true' }))).toEqual([newsletter]);
      expect(jids(await list({ archived: '0', type: 'group' }))).toEqual([DEV_TEAM]);
      expect(jids(await list({ labelId: '1' }))).toEqual([JOAO.jid]);
      expect(jids(await list({ labelId: '3' }))).toEqual([]);
      expect(jids(await list({ unread: 'false', type: '' }))).toEqual([newsletter]);
      expect(jids(await list({ unread: 'true', search: 'dev' }))).toEqual([DEV_TEAM]);
      expect((await list({ type: 'newsletter' })).chats[0]).toMatchObject({
        name: 'News',
        lid: null,
        lastActivityAt: null,
        lastMessage: null,
      });
    });

    test('goes on where the cursor points, and says where it ends', async () => {
      const first = await list({ limit: '1' });
      expect(first).toMatchObject({ hasMore: true, nextCursor: expect.any(String) });
      const rest = await list({ limit: '2', cursor: first.nextCursor });
      expect([...jids(first), ...jids(rest)]).toEqual(jids(await list()));
      expect(rest).toMatchObject({ hasMore: false, nextCursor: null });
    });

    test.each([
      [{ limit: '0' }, 'limit must be between 1 and 200'],
      [{ limit: '201' }, 'limit must be between 1 and 200'],
      [{ cursor: 'bm9uc2Vuc2U' }, 'Invalid cursor'],
      [{ archived: 'yes' }, 'archived must be true or false'],
      [{ unread: '2' }, 'unread must be true or false'],
      [{ type: 'chat' }, "type must be 'private', 'group' or 'newsletter'"],
      [{ search: 'x'.repeat(101) }, 'search must be at most 100 characters'],
    ])('%j: %s', async (query, message) => {
      expect(await bench.get('list', query as Record<string, string>)).toMatchObject(error(400, message));
    });
  });

  describe('GET /api/chat/poll/:instance', () => {
    const read = (messageId: string) => bench.get('poll', { messageId });

    test('counts the present votes of every option', async () => {
      const { receive, keyOf, db, instance } = bench;
      const options = ['Chocolate', 'Vanilla'].map((optionName) => ({ optionName }));
      const poll = { pollCreationMessage: { name: 'Which flavor?', options, selectableOptionsCount: 0 } };
      await receive('3EB0P', 60, { key: { fromMe: true }, message: poll });
      const [row] = await db.selectFrom('messages').selectAll().where('message_id', '=', '3EB0P').execute();
      const votes = new PollVotes(db, instance.id);
      await votes.record(row!, { voter: await keyOf(JOAO.jid), id: '3EB0V', options: ['Chocolate'], at: AT });
      await votes.record(row!, { voter: null, id: '3EB0W', options: ['Chocolate', 'Vanilla'], at: AT + 1 });
      const hash = 'A61C254E6F4E5FE86E90AC52BEE7CD8C8367B2F9B50310410F8024D29E9AACAB';
      const { status, body } = await read('3EB0P');
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          success: true,
          message: 'Poll votes retrieved successfully',
          messageId: '3EB0P',
          data: {
            messageId: '3EB0P',
            name: 'Which flavor?',
            votes: [
              { optionName: 'Chocolate', optionVoteCount: 2 },
              { optionName: 'Vanilla', optionVoteCount: 1 },
            ],
            voteDetails: [
              {
                optionHash: hash,
                optionName: 'Chocolate',
                senderJid: '5511999999999',
                voteMessageId: '3EB0V',
                createdAt: '2026-04-28T10:30:00Z',
              },
              { optionName: 'Chocolate', senderJid: '5511888888888', voteMessageId: '3EB0W' },
              { optionName: 'Vanilla', senderJid: '5511888888888', voteMessageId: '3EB0W' },
            ],
          },
        },
      });
    });

    test('says what is wrong with a question', async () => {
      expect(await bench.get('poll')).toMatchObject(error(400, 'messageId query parameter is required'));
      expect(await read('3EB0A')).toMatchObject(error(400, 'Message is not a poll'));
      expect(await read('3EB0NONE')).toMatchObject(error(404, 'Message not found'));
    });
  });

  test.each([
    ['GET', 'contacts'],
    ['GET', 'contactsByLabel'],
    ['GET', 'getMessage'],
    ['GET', 'status'],
    ['GET', 'poll'],
    ['GET', 'list'],
    ['POST', 'history'],
    ['POST', 'checkNumbers'],
  ])('%s /api/chat/%s wants the name of an instance', async (method, path) => {
    const token = bench.owner.token;
    expect(await bench.call(method, `/api/chat/${path}/%20`, { token })).toMatchObject(
      error(400, 'Instance name is required'),
    );
    expect(await bench.call(method, `/api/chat/${path}/nobody`, { token })).toMatchObject(
      error(404, 'Instance not found'),
    );
  });
});
