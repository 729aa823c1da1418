import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addInstance, silentLog, testOutbox, testSeal } from '../../../events/testing/events.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import type { TestStorage } from '../../../storage/testing/databases.ts';
import { TestClock } from '../../../testing/test-clock.ts';
import { PasskeyCeremonies } from '../../passkey/ceremonies.ts';
import { LiveSupervisor } from '../live-supervisor.ts';
import { createStateLog } from '../state-log.ts';
import { isPairing, isSession, ScriptedLink } from './scripted-link.ts';

/** Turns of the event loop in which everything that waits for nothing but itself comes to rest. */
const TURNS = 20;

/** A supervisor on a real database and a scripted engine, with a clock that the test moves. */
export function scriptInstances({ db }: TestStorage) {
  const clock = new TestClock();
  const seal = testSeal();
  const link = new ScriptedLink(db, clock);
  const { outbox } = testOutbox(db, seal, { clock });
  const passkeys = new PasskeyCeremonies({ clock, random: randomBytes });
  const supervisor = new LiveSupervisor({
    db,
    clock,
    random: () => 0.5,
    log: silentLog,
    link,
    states: createStateLog({ db, outbox, clock }),
    passkeys,
    settingsOf: () => ({ keepOnlineStatus: false }),
    listenerOf: () => ({ profile: async () => {} }),
  });

  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn++) await nextTurn();
  };
  const find = (id: string) => db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
  const instanceOf = async (id: string): Promise<InstanceRow> => {
    const row = await find(id);
    if (!row) throw new Error('the instance is gone');
    return row;
  };

  return {
    db,
    clock,
    link,
    supervisor,
    passkeys,
    settle,
    find,
    instanceOf,
    addInstance: () => addInstance(db, seal),
    /** An instance that is linked and connected. */
    async linked(): Promise<InstanceRow> {
      const { id } = await addInstance(db, seal);
      await supervisor.connect(await instanceOf(id), {});
      link.connectionsOf(id).find(isPairing)?.scan();
      await settle();
      return instanceOf(id);
    },
    session: (id: string) => link.connectionsOf(id).find(isSession),
    pairing: (id: string) => link.connectionsOf(id).find(isPairing),
    /** Moves the time second by second, with rest in between. */
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        await settle();
      }
    },
    /** Rows of the saved device. */
    async stored(id: string): Promise<number> {
      const creds = await db.selectFrom('session_creds').selectAll().where('instance_id', '=', id).execute();
      const keys = await db.selectFrom('session_keys').selectAll().where('instance_id', '=', id).execute();
      return creds.length + keys.length;
    },
  };
}

export type ScriptedInstances = ReturnType<typeof scriptInstances>;
