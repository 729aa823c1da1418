import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addAccount, addInstance } from '../../events/testing/events.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { runInstances } from '../../testing/running-instances.ts';
import { saveDevice } from '../../testing/saved-device.ts';
import { TestClock } from '../../testing/test-clock.ts';

const INSTANCES = 1_000;
const OUTAGE_SECONDS = 600;
/** Half of every delay is fixed: 1/2 + 1 + 2 + … + 128 s, then 150 s each, fit twelve times into ten minutes. */
const MOST_ATTEMPTS_EACH = 13;

/** Numbers in [0, 1), always the same: chance alone puts more than the bound into one second, once in a hundred runs. */
function evenly(): () => number {
  const GOLDEN = (Math.sqrt(5) - 1) / 2;
  let drawn = 0;
  return () => (++drawn * GOLDEN) % 1;
}

async function linkedInstances(storage: TestStorage) {
  const { db } = storage;
  const clock = new TestClock();
  const attemptsAt: number[] = [];
  const { supervisor, seal } = runInstances(storage, 'ws://127.0.0.1:9/ws/chat', {
    clock,
    random: evenly(),
    // The way out is closed, as with a proxy whose address is refused: every attempt ends here.
    agentOf() {
      attemptsAt.push(clock.now());
      throw new Error('WhatsApp cannot be reached');
    },
  });
  const accountId = await addAccount(db);
  for (let n = 0; n < INSTANCES; n++) {
    const { id } = await addInstance(db, seal, { name: `instance-${n}`, accountId });
    await saveDevice(db, seal, id);
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
