import { EventEmitter } from 'node:events';
import type { BinaryNode, WAMessage, WASocket } from 'baileys';
import { addInstance, testSeal } from '../../../../events/testing/events.ts';
import { databases } from '../../../../storage/testing/databases.ts';
import { TestClock } from '../../../../testing/test-clock.ts';
import { InboxJournal } from '../inbox-journal.ts';
import { StanzaIntake } from '../stanza-intake.ts';
import { STORED_FIRST } from '../stored-first.ts';
import { TaskQueue } from '../task-queue.ts';
import type { EngineListener } from '../translated.ts';

/**
 * An intake on a real journal, of an engine that makes what `read` gives of a stanza. `sent` has the stanzas that the
 * intake sends by itself, `engine` those that it hands to the engine.
 */
export async function intakeOf(read: (id: string) => WAMessage | null, store: (id: string) => Promise<void>) {
  const [sqlite] = databases;
  if (!sqlite) throw new Error('there is no database to test on');
  const { db } = await sqlite.open();
  const clock = new TestClock();
  const { id: instanceId } = await addInstance(db, testSeal());
  const journal = new InboxJournal({ db, instanceId, clock });
  const ws = new EventEmitter();
  const sent: BinaryNode[] = [];
  const engine: BinaryNode[] = [];
  for (const event of ['CB:message', ...Object.keys(STORED_FIRST)]) {
    ws.on(event, async (node: BinaryNode) => void engine.push(node));
  }
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
  const creds = { me: { id: '5511888888888:1@s.whatsapp.net' }, registrationId: 7 };
  const sendNode = async (node: BinaryNode) => void sent.push(node);
  const intake = new StanzaIntake({
    socket: { ws, sendNode, authState: { creds } } as unknown as WASocket,
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
  return { ws, clock, failures, pending, sent, engine, intake };
}
