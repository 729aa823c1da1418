import { describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../../events/testing/events.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { NumberCache } from '../../mailbox/number-cache.ts';
import { databases } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { readChatNumber } from '../../whatsapp/recipient.ts';
import type { RegisteredNumber } from '../../whatsapp/session.ts';
import { registeredTarget, storedTarget } from './chat-target.ts';

const GROUP = '120363406289005073@g.us';
const LONG = '5511999999999@s.whatsapp.net';
const SHORT = '551199999999@s.whatsapp.net';
const LID = '199789077627112@lid';

describe.each(databases)('the chat that a number names ($name)', ({ open }) => {
  async function targets(...registered: RegisteredNumber[]) {
    const { db } = await open();
    const { id } = await addInstance(db, testSeal());
    const contacts = new Contacts(db, id, 0);
    const asked: string[][] = [];
    const session = {
      async lookUpNumbers(numbers: string[]) {
        asked.push(numbers);
        return registered.filter(({ number }) => numbers.includes(number));
      },
    };
    const deps = { db, numbers: new NumberCache(new TestClock()) };
    const named = (text: string) => readChatNumber(text)!;
    return {
      meet: (jid: string | null, lid: string | null) => contacts.meet({ jid, lid }),
      asked,
      stored: (text: string) => storedTarget({ id }, named(text), db),
      registered: (text: string) => registeredTarget({ id }, session, named(text), deps),
    };
  }

  test.each([
    ['+55 (11) 99999-9999', LONG],
    ['551199999999', LONG],
    [LONG.replace('@', ':57@'), LONG],
    [LID, LONG],
  ])('%s is a person who is stored, and WhatsApp is not asked', async (text, jid) => {
    const { meet, stored, registered, asked } = await targets();
    const { contact } = await meet(LONG, LID);
    for (const resolve of [stored, registered]) {
      expect(await resolve(text)).toMatchObject({ jid, lid: LID, kind: 'user', key: contact.id });
    }
    expect(asked).toEqual([]);
  });

  test('a JID is taken as it is, also where another form of its number is known', async () => {
    const { meet, registered, asked } = await targets();
    await meet(LONG, LID);
    expect(await registered(SHORT)).toMatchObject({ jid: SHORT, key: null });
    expect(await registered('299789077627112:3@lid')).toMatchObject({
      jid: '299789077627112@lid',
      kind: 'lid',
    });
    expect(asked).toEqual([]);
  });

  test('a phone number that is not stored keeps its form offline and is asked for online', async () => {
    const { stored, registered, asked } = await targets({ number: '551199999999', jid: SHORT, lid: LID });
    expect(await stored('5511999999999')).toMatchObject({ jid: LONG, lid: null, key: null });
    expect(await registered('5511999999999')).toMatchObject({ jid: SHORT, lid: LID, key: null });
    expect(asked).toEqual([['5511999999999', '551199999999']]);
  });

  test('a number that is not on WhatsApp is refused', async () => {
    const { registered } = await targets();
    await expect(registered('5511999999999')).rejects.toMatchObject({ code: 'number_unregistered' });
  });

  test.each([
    [GROUP, 'group'],
    ['120363422585881117@newsletter', 'newsletter'],
    ['status@broadcast', 'status'],
  ])('%s is its own key', async (jid, kind) => {
    const { registered, stored } = await targets();
    for (const resolve of [stored, registered]) {
      expect(await resolve(jid)).toEqual({ kind, jid, lid: null, key: jid, address: { kind, jid } });
    }
  });
});
