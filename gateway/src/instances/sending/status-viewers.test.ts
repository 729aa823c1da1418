import { describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../../events/testing/events.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { databases } from '../../storage/testing/databases.ts';
import type { StatusAudience } from '../../whatsapp/ports/status.ts';
import { SendFailed } from '../../whatsapp/session.ts';
import { statusViewers } from './status-viewers.ts';

const SELF = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' };
const ANA = { jid: '5511999999991@s.whatsapp.net', lid: '100000000000001@lid' };
const BIA = { jid: '5511999999992@s.whatsapp.net', lid: null };
const CAIO = { jid: null, lid: '100000000000003@lid' };
const STRANGER = { jid: '5511999999994@s.whatsapp.net', lid: '100000000000004@lid' };
const UNKNOWN = '5511999999995@s.whatsapp.net';

describe.each(databases)('the viewers of a status ($name)', ({ open }) => {
  /** Ana, Bia, Caio and the account itself are in the address book, the stranger is known. */
  async function viewersOf(audience: StatusAudience | SendFailed) {
    const { db } = await open();
    const { id } = await addInstance(db, testSeal());
    const contacts = new Contacts(db, id, 1);
    for (const person of [ANA, BIA, CAIO, SELF]) await contacts.meet(person, { saved: 'Friend' });
    await contacts.meet(STRANGER, { push: 'Stranger' });
    const status = {
      audience: async () => {
        if (audience instanceof SendFailed) throw audience;
        return audience;
      },
    };
    return statusViewers({ id }, { self: SELF, status }, { db });
  }

  test.each<[string, StatusAudience, (string | null)[]]>([
    ['contacts are the address book', { kind: 'contacts' }, [ANA.jid, BIA.jid, CAIO.lid]],
    [
      'exceptions count under either address',
      { kind: 'contacts_except', people: [ANA.lid, '5511999999992:3@s.whatsapp.net', 'nonsense'] },
      [CAIO.lid],
    ],
    [
      'chosen people are each named once, known or not',
      { kind: 'only', people: [ANA.jid, ANA.lid, STRANGER.lid, UNKNOWN, SELF.lid] },
      [ANA.jid, STRANGER.jid, UNKNOWN],
    ],
    ['an empty list has no viewer', { kind: 'only', people: [] }, []],
  ])('%s', async (_, audience, expected) => {
    const [own, ...viewers] = await viewersOf(audience);
    expect(own).toBe(SELF.jid); // the phone sees what is published
    expect(viewers.toSorted()).toEqual(expected.toSorted());
  });

  test('are not found when WhatsApp does not answer', async () => {
    await expect(viewersOf(new SendFailed({ kind: 'timed_out' }))).rejects.toMatchObject({
      reason: { kind: 'timed_out' },
    });
  });
});
