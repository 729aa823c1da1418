import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../clock.ts';
import { addInstance, testOutbox, testSeal } from '../events/testing/events.ts';
import { GroupSync } from '../instances/groups/group-sync.ts';
import { Ingest } from '../instances/ingest/ingest.ts';
import { PasskeyCeremonies } from '../instances/passkey/ceremonies.ts';
import { LiveSupervisor } from '../instances/running/live-supervisor.ts';
import { createStateLog } from '../instances/running/state-log.ts';
import type { Seal } from '../storage/seal.ts';
import type { TestStorage } from '../storage/testing/databases.ts';
import { createLog } from '../telemetry/log.ts';
import { createBaileysLink } from '../whatsapp/baileys/link.ts';
import { wrapRawKeys } from '../whatsapp/baileys/raw-keys.ts';
import { ClientVersion } from '../whatsapp/client-version.ts';
import { MediaNetwork } from '../whatsapp/media/network.ts';

/** Ends what hangs; a busy machine may need long. */
const EVENT_DEADLINE_MS = 120_000;

export interface StoredEvent {
  id: string;
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read payloads field by field
  data: any;
}

export interface RunOptions {
  seal?: Seal;
  agentOf?: () => Agent | null;
  clock?: Clock;
  random?: () => number;
}

/** A supervisor with everything below it real: database, outbox, ingest, Baileys, the sandbox's WhatsApp. */
export function runInstances(
  storage: TestStorage,
  url: string,
  { seal = testSeal(), agentOf = () => null, clock = systemClock, random = () => 0 }: RunOptions = {},
) {
  wrapRawKeys();
  const { db } = storage;
  const log = createLog(process.env.TEST_LOG_LEVEL ?? 'silent');
  let stored = Promise.withResolvers<void>();
  const { outbox } = testOutbox(db, seal, { clock });
  const watched: typeof outbox = {
    async transaction(instanceId, work) {
      const result = await outbox.transaction(instanceId, work);
      stored.resolve();
      stored = Promise.withResolvers<void>();
      return result;
    },
  };
  const settingsOf = () => ({
    ignoreGroupMessages: false,
    ignoreStatus: false,
    autoReadMessages: false,
    keepOnlineStatus: false,
    disableHistorySync: true,
  });
  const groupSync = new GroupSync({ clock, log });
  const listenerOf = (id: string) =>
    new Ingest(id, {
      db,
      outbox: watched,
      clock,
      log,
      settingsOf,
      sessions: supervisor,
    });
  const link = createBaileysLink({
    db,
    seal,
    clock,
    log,
    url,
    agentOf,
    media: new MediaNetwork(null),
    settingsOf,
    listenerOf,
    clientVersion: new ClientVersion(null, log),
  });
  const supervisor: LiveSupervisor = new LiveSupervisor({
    db,
    clock,
    random,
    log,
    link,
    states: createStateLog({ db, outbox: watched, clock }),
    passkeys: new PasskeyCeremonies({ clock, random: randomBytes }),
    settingsOf,
    listenerOf,
    opened: (id, session) => void groupSync.opened(id, session),
  });

  const instanceOf = (id: string) =>
    db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const eventsOf = async (id: string): Promise<StoredEvent[]> => {
    const rows = await db
      .selectFrom('events')
      .selectAll()
      .where('instance_id', '=', id)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ id: row.id, kind: row.kind, data: JSON.parse(row.data) }));
  };

  return {
    supervisor,
    seal,
    outbox: watched,
    addInstance: () => addInstance(db, seal),
    instanceOf,
    eventsOf,
    states: async (id: string) =>
      (await eventsOf(id)).filter(({ kind }) => kind === 'instance.state').map(({ data }) => data.state),
    /** The first event that fits, past or future; with `nth`, the nth of them. */
    async event(id: string, fits: (event: StoredEvent) => boolean, nth = 1): Promise<StoredEvent> {
      const over = new AbortController();
      const late = wait(EVENT_DEADLINE_MS, 'late' as const, { signal: over.signal }).catch(() => null);
      try {
        for (;;) {
          const next = stored.promise;
          const events = await eventsOf(id);
          const found = events.filter(fits)[nth - 1];
          if (found) return found;
          if ((await Promise.race([next, late])) === 'late') {
            throw new Error(`the event did not come; there were ${JSON.stringify(events)}`);
          }
        }
      } finally {
        over.abort();
      }
    },
  };
}

export type RunningInstances = ReturnType<typeof runInstances>;

/** `instance.state` with this state. */
export const state = (name: string) => (event: StoredEvent) =>
  event.kind === 'instance.state' && event.data.state === name;

/** `message.exchange` of this message. */
export const exchange = (id: string) => (event: StoredEvent) =>
  event.kind === 'message.exchange' && event.data.id === id;
