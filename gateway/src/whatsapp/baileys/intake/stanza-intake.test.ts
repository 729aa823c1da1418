import { EventEmitter } from 'node:events';
import type { BinaryNode, WAMessage, WASocket } from 'baileys';
import { expect, test } from 'vitest';
import { addInstance, testSeal } from '../../../events/testing/events.ts';
import { databases } from '../../../storage/testing/databases.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { InboxJournal } from './inbox-journal.ts';
import { StanzaIntake } from './stanza-intake.ts';
import { STORED_FIRST } from './stored-first.ts';
import { TaskQueue } from './task-queue.ts';
import type { EngineListener } from './translated.ts';

const message = (id: string): BinaryNode => ({ tag: 'message', attrs: { id, from: 'x@s.whatsapp.net' } });

/** An intake on a real journal, of an engine that makes what `read` gives of a stanza. */
async function intakeOf(read: (id: string) => WAMessage | null, store: (id: string) => Promise<void>) {
  const { db } = await databases[0]!.open();
  const clock = new TestClock();
  const { id: instanceId } = await addInstance(db, testSeal());
  const journal = new InboxJournal({ db, instanceId, clock });
  const ws = new EventEmitter();
  for (const event of ['CB:message', ...Object.keys(STORED_FIRST)]) ws.on(event, async () => {});
  const failures: unknown[] = [];
  const queue = new TaskQueue({
    clock,
    healthy: async () => true,
    onBlocked: () => {},
    onSetAside: () => {},
  });
  const listener: EngineListener = {
    message: async ({ key }, { alongside }) => {
      await store(key.id ?? '');
      await db.transaction().execute(async (trx) => alongside?.(trx));
    },
  };
  new StanzaIntake({
    socket: { ws } as unknown as WASocket,
    journal,
    listener,
    queue,
    clock,
    storing: () => null,
    readAgain: async ({ attrs }) => read(attrs.id ?? ''),
    over: () => false,
    onBlocked: () => {},
    onStuck: () => {},
    onFailed: (error) => failures.push(String(error)),
  });
  const pending = async () => (await journal.pending()).map(({ node }) => node.attrs.id);
  return { ws, clock, failures, pending };
}

const whole = (id: string): WAMessage => ({ key: { id, remoteJid: 'x@s.whatsapp.net' } });

test('a stanza that cannot be handled stays in the journal, and the ones behind it go on', async () => {
  const stored: string[] = [];
  const read = (id: string) => {
    if (id === 'A') throw new Error('no such thing');
    return whole(id);
  };
  const { ws, failures, pending } = await intakeOf(read, async (id) => void stored.push(id));
  ws.emit('CB:message', message('A'));
  ws.emit('CB:message', message('B'));
  await expect.poll(() => stored).toEqual(['B']);
  expect(failures).toEqual(['Error: no such thing']);
  await expect.poll(pending).toEqual(['A']);
});

test('a message that a healthy database refuses keeps its journal row, and the ones behind it are stored', async () => {
  const stored: string[] = [];
  const store = async (id: string) => {
    if (id === 'A') throw new Error('no such column');
    stored.push(id);
  };
  const { ws, clock, pending } = await intakeOf(whole, store);
  ws.emit('CB:message', message('A'));
  ws.emit('CB:message', message('B'));
  await expect
    .poll(() => {
      clock.advance(15_000);
      return stored;
    })
    .toEqual(['B']);
  await expect.poll(pending).toEqual(['A']);
});
