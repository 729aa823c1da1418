import type { Clock } from '../../../clock.ts';
import { addInstance, silentLog, testOutbox, testSeal } from '../../../events/testing/events.ts';
import type { TestDatabase } from '../../../storage/testing/databases.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { translated } from '../../../whatsapp/baileys/intake/translated.ts';
import type { WAMessage } from '../../../whatsapp/proto.ts';
import type { MessageContext, Session, SessionListener } from '../../../whatsapp/session.ts';
import { Ingest, type IngestSettings } from '../ingest.ts';

export const SELF = { jid: '5511888888888@s.whatsapp.net', lid: '200000000000002@lid', name: 'Blue Store' };
export const JOAO = { jid: '5511999999999@s.whatsapp.net', lid: '100000000000001@lid' };
export const GROUP = '120363406289005073@g.us';
/** 2026-04-28T10:30:00Z */
export const AT = Date.UTC(2026, 3, 28, 10, 30);

/** One linked instance on a real database with a real outbox; `events` reads what was reported. */
export async function ingestBench(
  { open }: TestDatabase,
  settings: Partial<IngestSettings> = {},
  session: Partial<Session> = {},
) {
  const { db } = await open();
  const seal = testSeal();
  const clock = new TestClock();
  const { outbox } = testOutbox(db, seal, { clock });
  const instance = await addInstance(db, seal);
  await db
    .updateTable('instances')
    .set({ number_jid: SELF.jid, lid: SELF.lid, profile_name: SELF.name })
    .execute();
  const ingest = new Ingest(instance.id, {
    db,
    outbox,
    clock,
    log: silentLog,
    settingsOf: () => ({
      ignoreGroupMessages: false,
      ignoreStatus: false,
      autoReadMessages: false,
      ...settings,
    }),
    sessions: { session: () => ({ markRead: async () => {}, ...session }) as Session },
  });
  const events = async (kind?: string) => {
    const rows = await db.selectFrom('events').selectAll().orderBy('id').execute();
    return rows
      .filter((row) => kind === undefined || row.kind === kind)
      .map((row) => ({ kind: row.kind, lane: row.lane, data: JSON.parse(row.data) }));
  };
  const rows = (table: 'messages' | 'contacts') => db.selectFrom(table).selectAll().execute();
  return { db, outbox, clock, instance, ingest, received: received(ingest, clock), events, rows };
}

/** Hands a message on as a connection of this instance does. */
export function received(listener: SessionListener, clock: Clock) {
  const engine = translated({ listener, self: () => SELF, clock, log: silentLog });
  return (message: WAMessage, context: Partial<MessageContext> = {}) =>
    engine.message(message, { offline: false, ...context });
}

/** A message as the engine reads it: a text from João in his private chat unless said otherwise. */
export function waMessage({
  key,
  ...rest
}: Partial<Omit<WAMessage, 'key'>> & { key?: Partial<WAMessage['key']> } = {}): WAMessage {
  return {
    key: {
      remoteJid: JOAO.jid,
      remoteJidAlt: JOAO.lid,
      fromMe: false,
      id: '3EB0C1D2E3F405162738',
      ...key,
    },
    messageTimestamp: AT / 1000,
    pushName: 'João Silva',
    message: { conversation: 'Hello' },
    ...rest,
  };
}
