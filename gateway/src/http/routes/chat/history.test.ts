import { beforeAll, describe, expect, test } from 'vitest';
import { JOAO, SELF } from '../../../instances/ingest/testing/ingest.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { shapeDifferences } from '../../../testing/shape.ts';
import { historyExamples } from './history.example.ts';
import { conversation, refused, UNKNOWN_NUMBER } from './testing/conversation.ts';
import { DEV_TEAM, type MailboxBench } from './testing/mailbox.ts';

describe.each(databases)('the mailbox on $name', ({ open }) => {
  let bench: MailboxBench;
  beforeAll(async () => {
    bench = await conversation(await open());
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
      const chat_jid = `${UNKNOWN_NUMBER}@s.whatsapp.net`;
      expect(await page({ number: UNKNOWN_NUMBER })).toMatchObject({ chat_jid, ...empty });
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
      expect(await bench.post('history', body)).toMatchObject(refused(status, message));
    });
  });
});
