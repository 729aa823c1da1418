import { beforeAll, describe, expect, test } from 'vitest';
import { AT, JOAO, SELF } from '../../../instances/ingest/testing/ingest.ts';
import { PollVotes } from '../../../mailbox/poll-votes.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { conversation, refused } from './testing/conversation.ts';
import { DEV_TEAM, MARIA, type MailboxBench } from './testing/mailbox.ts';

describe.each(databases)('the mailbox on $name', ({ open }) => {
  let bench: MailboxBench;
  beforeAll(async () => {
    bench = await conversation(await open());
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
      expect(await bench.get('getMessage')).toMatchObject(refused(400, missing));
      expect(await get(' ')).toMatchObject(refused(400, missing));
      expect(await get('3EB0NONE')).toMatchObject(refused(404, 'Message not found'));
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
      const elsewhere = refused(404, 'Message does not belong to this instance');
      expect(await read('3EB0G', bench.owner.token)).toMatchObject(elsewhere);
      expect(await read('3EB0G')).toMatchObject(refused(404, 'Message not found'));
      expect(await read('3EB0NONE', bench.owner.token)).toMatchObject(refused(404, 'Message not found'));
      expect(await bench.get('status')).toMatchObject(refused(400, 'messageId query parameter is required'));
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
      expect(await bench.get('poll')).toMatchObject(refused(400, 'messageId query parameter is required'));
      expect(await read('3EB0A')).toMatchObject(refused(400, 'Message is not a poll'));
      expect(await read('3EB0NONE')).toMatchObject(refused(404, 'Message not found'));
    });
  });
});
