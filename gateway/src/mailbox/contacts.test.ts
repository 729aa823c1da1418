import { describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../events/testing/events.ts';
import { databases } from '../storage/testing/databases.ts';
import type { Person } from '../whatsapp/jid.ts';
import { Contacts } from './contacts.ts';
import { Messages, type NewMessage } from './messages.ts';

const JID = '5511999999999@s.whatsapp.net';
const LID = '100000000000001@lid';
const OTHER_JID = '5511777777777@s.whatsapp.net';
const OTHER_LID = '100000000000007@lid';

const person = (jid: string | null, lid: string | null): Person => ({ jid, lid });

describe.each(databases)('contacts ($name)', ({ open }) => {
  async function book() {
    const { db } = await open();
    const instance = await addInstance(db, testSeal());
    const contacts = new Contacts(db, instance.id, 1);
    const messages = new Messages(db, instance.id, 1);
    const pairs = async () => {
      const rows = await db.selectFrom('contacts').select(['jid', 'lid']).execute();
      return rows.map(({ jid, lid }) => `${jid} ${lid}`).sort();
    };
    const store = (values: Partial<NewMessage>) =>
      messages.store({
        chat: 'chat',
        id: 'A',
        fromMe: false,
        sender: null,
        type: 'text',
        content: 'x',
        status: 'received',
        source: '',
        isGroup: false,
        encoded: Uint8Array.of(),
        sentAt: 0,
        ...values,
      });
    return { db, instance, contacts, messages, pairs, store };
  }

  test.each([
    ['phone first', [person(JID, null), person(JID, LID)]],
    ['LID first', [person(null, LID), person(JID, LID)]],
    ['both apart, then together', [person(null, LID), person(JID, null), person(JID, LID)]],
  ])('%s, a person is one row in the end and the pair is learned once', async (_, steps) => {
    const { contacts, pairs } = await book();
    const changes = [];
    for (const step of [...steps, person(JID, LID)]) changes.push((await contacts.meet(step)).change);
    expect(changes.filter((change) => change !== null)).toEqual([{ previousJid: null, previousLid: null }]);
    expect(await pairs()).toEqual([`${JID} ${LID}`]);
  });

  test.each([
    [
      'a new LID',
      [person(JID, LID)],
      person(JID, OTHER_LID),
      { previousJid: null, previousLid: LID },
      [`${JID} ${OTHER_LID}`],
    ],
    [
      'a new phone number',
      [person(JID, LID)],
      person(OTHER_JID, LID),
      { previousJid: JID, previousLid: null },
      [`${OTHER_JID} ${LID}`],
    ],
    [
      'the number of another person',
      [person(JID, LID), person(OTHER_JID, OTHER_LID)],
      person(OTHER_JID, LID),
      { previousJid: JID, previousLid: OTHER_LID },
      [`${OTHER_JID} ${LID}`, `null ${OTHER_LID}`],
    ],
  ])('a person with %s keeps the row, and no other person has it', async (_, before, pair, change, after) => {
    const { contacts, pairs } = await book();
    for (const known of before) await contacts.meet(known);
    expect((await contacts.meet(pair)).change).toEqual(change);
    expect(await pairs()).toEqual([...after].sort());
  });

  test('two rows that become one keep every message once, and the newest names', async () => {
    const { db, instance, contacts, store } = await book();
    const { contact: byPhone } = await contacts.meet(person(JID, null), {
      push: 'old',
      verified: 'Silva Ltd',
    });
    const later = new Contacts(db, instance.id, 2);
    const { contact: byLid } = await later.meet(person(null, LID), { push: 'new' });
    await store({ chat: byPhone.id, id: 'both', content: 'from the phone' });
    await store({ chat: byLid.id, id: 'both', content: 'from the LID' });
    await store({ chat: byPhone.id, id: 'both', fromMe: true, content: 'sent' });
    await store({ chat: byPhone.id, id: 'phone', sender: byPhone.id });
    await store({ chat: 'group@g.us', id: 'group', sender: byPhone.id });
    const { contact } = await later.meet(person(JID, LID));
    expect(contact).toMatchObject({ jid: JID, lid: LID, push_name: 'new', verified_name: 'Silva Ltd' });
    const rows = await db
      .selectFrom('messages')
      .selectAll()
      .orderBy('content')
      .orderBy('message_id')
      .execute();
    expect(rows.map(({ chat, message_id, sender, content }) => [chat, message_id, sender, content])).toEqual([
      [contact.id, 'both', null, 'from the LID'],
      [contact.id, 'both', null, 'sent'],
      ['group@g.us', 'group', contact.id, 'x'],
      [contact.id, 'phone', contact.id, 'x'],
    ]);
    expect(await db.selectFrom('contacts').selectAll().execute()).toEqual([contact]);
  });

  test('instances do not see each other’s people', async () => {
    const { db, contacts } = await book();
    const other = new Contacts(db, (await addInstance(db, testSeal())).id, 1);
    const mine = await contacts.meet(person(JID, LID), { push: 'mine' });
    const theirs = await other.meet(person(JID, LID));
    expect(theirs.contact.id).not.toBe(mine.contact.id);
    expect(theirs.contact.push_name).toBeNull();
    expect(await other.phonesOf([LID])).toEqual(new Map([[LID, JID]]));
  });

  test('a name that is not sent does not take the known one away', async () => {
    const { contacts } = await book();
    await contacts.meet(person(JID, null), { push: 'João' });
    await contacts.meet(person(JID, null), { push: null });
    expect(await contacts.find(person(JID, null))).toMatchObject({ push_name: 'João' });
  });

  test('more addresses and ids than one query takes are looked up all the same', async () => {
    const { contacts, messages, store } = await book();
    await contacts.meet(person(JID, LID));
    const lids = Array.from({ length: 1_200 }, (_, i) => `${200_000 + i}@lid`);
    expect(await contacts.phonesOf([...lids, LID])).toEqual(new Map([[LID, JID]]));
    await store({ id: 'last', fromMe: true });
    const ids = Array.from({ length: 1_200 }, (_, i) => `M${i}`);
    expect(await messages.sentIn('chat', [...ids, 'last'])).toHaveLength(1);
  });
});
