import { describe, expect, test } from 'vitest';
import { addInstance, testSeal } from '../events/testing/events.ts';
import { databases } from '../storage/testing/databases.ts';
import type { Newsletter } from '../whatsapp/newsletter.ts';
import { Newsletters } from './newsletters.ts';

const JID = '120363422585881117@newsletter';
const ALL_UNKNOWN = {
  state: null,
  description: null,
  invite: null,
  subscribers: null,
  pictureUrl: null,
  role: null,
};
const newsletter = (more: Partial<Newsletter> = {}): Newsletter => ({
  ...ALL_UNKNOWN,
  jid: JID,
  name: 'News',
  ...more,
});

describe.each(databases)('the register of channels ($name)', ({ open }) => {
  async function bench() {
    const { db } = await open();
    const [own, other] = [await addInstance(db, testSeal()), await addInstance(db, testSeal())];
    return { db, own, newsletters: new Newsletters(db, own.id, 1), others: new Newsletters(db, other.id, 1) };
  }

  test('keeps what WhatsApp said until it says something else, for its own instance', async () => {
    const { newsletters, others } = await bench();
    expect(await newsletters.name(JID)).toBe('');
    await newsletters.store(newsletter({ role: 'owner', subscribers: 12, description: '' }), true);
    await newsletters.store(newsletter({ name: null, state: 'suspended' }));
    expect(await newsletters.followed()).toEqual([
      newsletter({ role: 'owner', subscribers: 12, description: '', state: 'suspended' }),
    ]);
    expect(await others.isKnown(JID)).toBe(false);
  });

  test('knows the name of a channel that is no longer followed', async () => {
    const { newsletters } = await bench();
    await newsletters.store(newsletter(), true);
    await newsletters.left(JID);
    expect(await newsletters.followed()).toEqual([]);
    await newsletters.store(newsletter({ name: 'Other news' }));
    expect({ followed: await newsletters.followed(), name: await newsletters.name(JID) }).toEqual({
      followed: [],
      name: 'Other news',
    });
  });

  test('takes the list of WhatsApp for what is followed', async () => {
    const { newsletters } = await bench();
    const second = newsletter({ jid: '120363000000000002@newsletter' });
    await newsletters.store(newsletter(), true);
    await newsletters.replaceFollowed([second]);
    expect(await newsletters.followed()).toEqual([second]);
    expect(await newsletters.name(JID)).toBe('News');
  });

  test('bounds what strangers call a channel, and goes with its instance', async () => {
    const { db, own, newsletters } = await bench();
    await newsletters.store(newsletter({ name: `\0${'😀'.repeat(300)}` }), true);
    expect(await newsletters.name(JID)).toBe('😀'.repeat(255));
    await db.deleteFrom('instances').where('id', '=', own.id).execute();
    expect(await newsletters.isKnown(JID)).toBe(false);
  });
});
