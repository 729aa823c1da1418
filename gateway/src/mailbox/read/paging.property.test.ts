import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../../events/testing/events.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { Chats } from '../chats.ts';
import { Contacts } from '../contacts.ts';
import { Messages } from '../messages.ts';
import { listChats } from './chat-list.ts';
import { listContacts } from './contact-list.ts';
import { readHistory } from './history.ts';

const SECOND = 1_000;
const GROUP = '120363406289005073@g.us';

/** Few seconds, so that many messages share one. */
const message = fc.record({ second: fc.integer({ min: 1, max: 5 }), item: fc.boolean() });
const conversation = fc.record({
  before: fc.array(message, { maxLength: 25 }),
  /** What arrives after each page, at the end of the conversation. */
  meanwhile: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }),
  count: fc.integer({ min: 1, max: 7 }),
});

describe.each(databases)('pages on $name', ({ open }) => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await open();
  });

  async function mailbox() {
    const { db } = storage;
    const instance = await addInstance(db, testSeal());
    const messages = new Messages(db, instance.id, 1);
    let made = 0;
    const receive = async (second: number, chat = GROUP, item = true) => {
      // Not in the order of arrival: the order of pages must not lean on it.
      const id = `${((made * 7_919) % 1_000).toString(16)}-${made++}`;
      await messages.store({
        chat,
        id,
        fromMe: made % 2 === 0,
        sender: null,
        type: item ? 'text' : 'reaction',
        content: id,
        status: 'received',
        source: '',
        isGroup: true,
        encoded: new Uint8Array(),
        sentAt: second * SECOND,
      });
      return { id, second };
    };
    return { db, instance, receive };
  }

  test('of a history hold every message once and in order, while others arrive', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async ({ before, meanwhile, count }) => {
        const { db, instance, receive } = await mailbox();
        const items: { id: string; second: number }[] = [];
        for (const { second, item } of before) {
          const message = await receive(second, GROUP, item);
          if (item) items.push(message);
        }
        const read: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await readHistory(db, instance, GROUP, { count, before: cursor });
          expect(page.count).toBe(page.messages.length);
          read.push(...page.messages.map(({ id }) => id));
          cursor = page.nextCursor;
          for (let n = meanwhile.shift() ?? 0; n > 0; n--) await receive(9);
        }
        const wanted = items.sort((a, b) => b.second - a.second || (a.id < b.id ? 1 : -1));
        expect(read).toEqual(wanted.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });

  test('of the list hold every chat once and in order; one that moves on is not repeated', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async ({ before, meanwhile, count }) => {
        const { db, instance, receive } = await mailbox();
        const chats = new Chats(db, instance.id);
        const all: { jid: string; at: number }[] = [];
        for (const [i, { second, item }] of before.entries()) {
          const jid = `12036300000000${100 + ((i * 37) % 100)}@g.us`;
          if (item) await receive(second, jid);
          else await chats.set(jid, { archived: true });
          all.push({ jid, at: item ? second * SECOND : 0 });
        }
        const order = all.sort((a, b) => b.at - a.at || (a.jid < b.jid ? -1 : 1)).map(({ jid }) => jid);
        const read: string[] = [];
        for (let cursor: string | undefined; ; ) {
          const page = await listChats(db, instance, { limit: count, cursor }, 1);
          read.push(...page.chats.map(({ jid }) => jid));
          expect(page.hasMore).toBe(page.nextCursor !== null);
          if (page.nextCursor === null) break;
          cursor = page.nextCursor;
          // Only what was read already moves: what was not moves before the cursor and is the client's to reload.
          const moving = read[0];
          for (let n = meanwhile.shift() ?? 0; n > 0 && moving; n--) await receive(9, moving);
        }
        expect(read).toEqual(order);
      }),
      { numRuns: 30 },
    );
  });

  test('of contacts hold everybody once and in order', async () => {
    const people = fc.uniqueArray(fc.record({ n: fc.integer({ min: 1, max: 999 }), lid: fc.boolean() }), {
      selector: ({ n }) => n,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 1, max: 6 }), async (all, limit) => {
        const { db, instance } = await mailbox();
        const contacts = new Contacts(db, instance.id, 1);
        for (const { n, lid } of all) {
          const [jid, hidden] = [`55119000${n}@s.whatsapp.net`, `1000${n}@lid`];
          await contacts.meet(lid ? { jid: null, lid: hidden } : { jid, lid: n % 2 ? hidden : null });
        }
        const read: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await listContacts(db, instance.id, { limit, cursor });
          expect(page.total).toBe(all.length);
          read.push(...page.contacts.map(({ jid }) => jid));
          cursor = page.nextCursor ?? null;
        }
        expect(read).toHaveLength(all.length);
        expect(read).toEqual(read.toSorted());
      }),
      { numRuns: 20 },
    );
  });
});
