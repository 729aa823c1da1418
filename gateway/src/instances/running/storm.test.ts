import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addAccount, addInstance, testOutbox, testSeal } from '../../events/testing/events.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { createLog } from '../../telemetry/log.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { createLinkedDevices } from '../../whatsapp/baileys/keys/linked-device.ts';
import { MediaNetwork } from '../../whatsapp/media/network.ts';
import { nobodyAnswers } from '../calls/call-desk.ts';
import { Ingest } from '../ingest/ingest.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { LiveSupervisor } from './live-supervisor.ts';
import { createStateLog } from './state-log.ts';

const INSTANCES = 1_000;
const OUTAGE_SECONDS = 600;
/** Half of every delay is fixed: 1/2 + 1 + 2 + … + 128 s, then 150 s each, fit twelve times into ten minutes. */
const MOST_ATTEMPTS_EACH = 13;

async function linkedInstances(storage: TestStorage) {
  const { db } = storage;
  const seal = testSeal();
  const clock = new TestClock();
  const log = createLog('silent');
  const { outbox } = testOutbox(db, seal, { clock });
  const devices = createLinkedDevices({ db, seal, clock });
  const attemptsAt: number[] = [];
  const settingsOf = () => DEFAULT_SETTINGS;
  const supervisor: LiveSupervisor = new LiveSupervisor({
    db,
    clock,
    random: Math.random,
    log,
    devices,
    states: createStateLog({ db, outbox, clock }),
    url: 'ws://127.0.0.1:9/ws/chat',
    // The way out is closed, as with a proxy whose address is refused: every attempt ends here.
    media: new MediaNetwork(null),
    agentOf() {
      attemptsAt.push(clock.now());
      throw new Error('WhatsApp cannot be reached');
    },
    settingsOf,
    listenerOf: (id) =>
      new Ingest(id, { calls: nobodyAnswers, db, outbox, clock, log, settingsOf, sessions: supervisor }),
  });
  const accountId = await addAccount(db);
  for (let n = 0; n < INSTANCES; n++) {
    const { id } = await addInstance(db, seal, { name: `instance-${n}`, accountId });
    const device = devices.fresh();
    await db.transaction().execute((trx) => devices.adopt(trx, id, device));
  }
  await db.updateTable('instances').set({ link: 'linked', desired: 'running' }).execute();
  return { supervisor, clock, attemptsAt };
}

describe('an outage of WhatsApp', () => {
  it('of ten minutes makes a thousand instances try a bounded number of times, spread out', async () => {
    const [sqlite] = databases;
    const storage = await sqlite!.open();
    const { supervisor, clock, attemptsAt } = await linkedInstances(storage);
    const start = clock.now();
    supervisor.start();
    for (let second = 0; second < OUTAGE_SECONDS; second++) {
      for (let seen = -1; seen < attemptsAt.length; ) {
        seen = attemptsAt.length;
        for (let turn = 0; turn < 10; turn++) await nextTurn();
      }
      clock.advance(1_000);
    }
    await supervisor.stop();

    expect(attemptsAt.length).toBeGreaterThan(INSTANCES * 5);
    expect(attemptsAt.length).toBeLessThanOrEqual(INSTANCES * MOST_ATTEMPTS_EACH);
    const later = attemptsAt.map((at) => Math.floor((at - start) / 1_000)).filter((second) => second >= 60);
    const perSecond = Map.groupBy(later, (second) => second);
    const busiest = Math.max(...[...perSecond.values()].map((attempts) => attempts.length));
    expect(busiest).toBeLessThanOrEqual(INSTANCES / 20);
  });
});
