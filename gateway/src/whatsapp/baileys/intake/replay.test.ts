import type { BinaryNode } from 'baileys';
import { expect, test } from 'vitest';
import { addInstance, silentLog, testSeal } from '../../../events/testing/events.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import type { SessionListener } from '../../session.ts';
import { createLinkedDevices } from '../keys/linked-device.ts';
import { InboxJournal } from './inbox-journal.ts';
import { type ReplayOptions, replayJournal } from './replay.ts';

const message = (id: string): BinaryNode => ({
  tag: 'message',
  attrs: { id, from: '5511999999999@s.whatsapp.net', t: '1777372200' },
});

/** A journal with three stanzas, and what became of them. */
async function journalOfThree(store: (id: string) => Promise<void>) {
  const { db } = await databases[0]!.open();
  const clock = new TestClock();
  const seal = testSeal();
  const { id: instanceId } = await addInstance(db, seal);
  const journal = new InboxJournal({ db, instanceId, clock });
  for (const id of ['A', 'B', 'C']) await journal.append(message(id));
  const auth = createLinkedDevices({ db, seal, clock }).fresh();
  auth.state.creds.me = { id: '5511888888888:1@s.whatsapp.net', lid: '1:1@lid' };
  const listener = {
    message: async (incoming, { alongside }) => {
      await store(incoming?.origin.id ?? '');
      await db.transaction().execute(async (trx) => alongside?.(trx));
    },
  } as Pick<SessionListener, 'message'> as SessionListener;
  const replay = (options: Partial<ReplayOptions> = {}) =>
    replayJournal({
      journal,
      auth,
      listener,
      clock,
      log: silentLog,
      over: () => false,
      healthy: async () => true,
      ...options,
    });
  const pending = async () => (await journal.pending()).map(({ node }) => node.attrs.id);
  return { clock, replay, pending };
}

const refuse = (refused: string, error: Error, stored: string[]) => async (id: string) => {
  if (id === refused) throw error;
  stored.push(id);
};

test('a message that a healthy database refuses stays in the journal, and the ones behind it are stored', async () => {
  const stored: string[] = [];
  const { clock, replay, pending } = await journalOfThree(refuse('A', new Error('no such column'), stored));
  let ended = false;
  const replayed = replay().finally(() => {
    ended = true;
  });
  await expect
    .poll(() => {
      clock.advance(1_000);
      return ended;
    })
    .toBe(true);
  await replayed;
  expect(stored).toEqual(['B', 'C']);
  expect(await pending()).toEqual(['A']);
});

test.each<[string, Error, Partial<ReplayOptions>]>([
  ['cannot be reached', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), {}],
  ['takes no writes', new Error('read-only transaction'), { healthy: async () => false }],
])('a database that %s ends the replay, and nothing is left out', async (_, error, options) => {
  const stored: string[] = [];
  const { replay, pending } = await journalOfThree(refuse('B', error, stored));
  await expect(replay(options)).rejects.toBe(error);
  expect(stored).toEqual(['A']);
  expect(await pending()).toEqual(['B', 'C']);
});

test('a replay that is overtaken ends between two messages', async () => {
  const stored: string[] = [];
  const { replay, pending } = await journalOfThree(refuse('', new Error(), stored));
  await replay({ over: () => stored.length === 1 });
  expect(stored).toEqual(['A']);
  expect(await pending()).toEqual(['B', 'C']);
});
