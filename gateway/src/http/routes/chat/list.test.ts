import { beforeAll, describe, expect, test } from 'vitest';
import { AT, JOAO } from '../../../instances/ingest/testing/ingest.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { shapeDifferences } from '../../../testing/shape.ts';
import { listExamples } from './list.example.ts';
import { conversation, refused } from './testing/conversation.ts';
import { DEV_TEAM, type MailboxBench } from './testing/mailbox.ts';

describe.each(databases)('the mailbox on $name', ({ open }) => {
  let bench: MailboxBench;
  beforeAll(async () => {
    bench = await conversation(await open());
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
      expect(await bench.get('list', query as Record<string, string>)).toMatchObject(refused(400, message));
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
      refused(400, 'Instance name is required'),
    );
    expect(await bench.call(method, `/api/chat/${path}/nobody`, { token })).toMatchObject(
      refused(404, 'Instance not found'),
    );
  });
});
