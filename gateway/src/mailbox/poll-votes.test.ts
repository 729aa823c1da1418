import { describe, expect, test } from 'vitest';
import { GROUP, ingestBench, JOAO } from '../instances/ingest/testing/ingest.ts';
import { databases } from '../storage/testing/databases.ts';
import { Contacts } from './contacts.ts';
import { Messages } from './messages.ts';
import { PollVotes } from './poll-votes.ts';

const MARIA = { jid: '5511777777777@s.whatsapp.net', lid: '100000000000009@lid' };
const POLL = { chat: GROUP, message_id: 'POLL', from_me: 1 };

describe.each(databases)('votes of a poll ($name)', (database) => {
  async function bench() {
    const { db, instance } = await ingestBench(database);
    const messages = new Messages(db, instance.id, 0);
    const contacts = new Contacts(db, instance.id, 0);
    const poll = { id: 'POLL', chat: GROUP, type: 'poll', content: '', source: '', isGroup: true } as const;
    await messages.storePending({ ...poll, encoded: new Uint8Array() });
    const voter = async (...[person]: Parameters<Contacts['meet']>) =>
      (await contacts.meet(person)).contact.id;
    return { db, instance, contacts, voter, votes: new PollVotes(db, instance.id) };
  }

  test("each vote takes the place of the voter's earlier one, in any order of their arrival", async () => {
    const { votes, voter } = await bench();
    const joao = await voter(JOAO);
    await votes.record(POLL, { voter: joao, id: 'V2', options: ['Vanilla'], at: 2_000 });
    await votes.record(POLL, { voter: joao, id: 'V1', options: ['Chocolate'], at: 1_000 });
    await votes.record(POLL, { voter: null, id: 'V3', options: ['Chocolate', 'Vanilla'], at: 1_500 });
    expect(await votes.of(POLL)).toEqual([
      { voter: null, id: 'V3', options: ['Chocolate', 'Vanilla'], at: 1_500 },
      { voter: joao, id: 'V2', options: ['Vanilla'], at: 2_000 },
    ]);
  });

  test('a vote for nothing withdraws', async () => {
    const { votes, voter } = await bench();
    const joao = await voter(JOAO);
    await votes.record(POLL, { voter: joao, id: 'V1', options: ['Vanilla'], at: 1_000 });
    await votes.record(POLL, { voter: joao, id: 'V2', options: [], at: 2_000 });
    expect(await votes.of(POLL)).toEqual([]);
  });

  test('two addresses that turn out to be one person have one vote', async () => {
    const { votes, voter, contacts } = await bench();
    const [phone, lid] = [await voter({ ...MARIA, lid: null }), await voter({ ...MARIA, jid: null })];
    await votes.record(POLL, { voter: phone, id: 'V1', options: ['Vanilla'], at: 1_000 });
    await votes.record(POLL, { voter: lid, id: 'V2', options: ['Chocolate'], at: 2_000 });
    const { contact } = await contacts.meet(MARIA);
    expect(await votes.of(POLL)).toEqual([
      { voter: contact.id, id: 'V2', options: ['Chocolate'], at: 2_000 },
    ]);
  });

  test('votes go with their poll, and move with it', async () => {
    const { db, votes } = await bench();
    await votes.record(POLL, { voter: null, id: 'V1', options: ['Vanilla'], at: 1_000 });
    await db.updateTable('messages').set({ chat: 'other' }).where('message_id', '=', 'POLL').execute();
    expect(await votes.of({ ...POLL, chat: 'other' })).toHaveLength(1);
    await db.deleteFrom('messages').where('message_id', '=', 'POLL').execute();
    expect(await db.selectFrom('poll_votes').selectAll().execute()).toEqual([]);
  });
});
