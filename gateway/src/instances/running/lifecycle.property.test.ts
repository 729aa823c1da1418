import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { InstanceRow } from '../../storage/schema.ts';
import { databases, type TestStorage } from '../../storage/testing/databases.ts';
import { type ScriptedInstances, scriptInstances } from './testing/scripted-instances.ts';
import { closed, type Step } from './testing/scripted-link.ts';

const RUNS = 150;
const COMMANDS = 40;
/** Longer than the longest backoff, the longest ban and the life of a pairing attempt. */
const REST_SECONDS = 600;
const BAN_SECONDS = 90;

interface Running extends ScriptedInstances {
  /** As the last command that came to rest left it: a request may act on a row that has changed since. */
  row: InstanceRow;
  /** Calls that have no answer yet. */
  unanswered: Set<Promise<unknown>>;
}

type Act = (running: Running) => unknown;

/** One command; `rests`: the next one comes only when nothing moves any more. */
class Command implements fc.AsyncCommand<object, Running> {
  readonly #name: string;
  readonly #act: Act;
  readonly #rests: boolean;

  constructor(name: string, act: Act, rests: boolean) {
    this.#name = name;
    this.#act = act;
    this.#rests = rests;
  }

  check = () => true;

  async run(_model: object, running: Running): Promise<void> {
    const { unanswered, link, settle, find, row } = running;
    // What a command answers is for other tests. Here it only must answer.
    const answer = Promise.resolve(this.#act(running)).catch(() => {});
    unanswered.add(answer);
    void answer.finally(() => unanswered.delete(answer));
    if (this.#rests) {
      await settle();
      running.row = (await find(row.id)) ?? row;
    }
    expect(link.violations).toEqual([]);
  }

  toString = () => `${this.#name}${this.#rests ? '' : ' and at once'}`;
}

const suspend = (suspended: 0 | 1): Act => {
  return async ({ db, supervisor, row }) => {
    await db.updateTable('accounts').set({ suspended }).where('id', '=', row.account_id).execute();
    await (suspended ? supervisor.accountSuspended() : supervisor.accountResumed());
  };
};
const remove: Act = async ({ db, supervisor, row }) => {
  await supervisor.remove(row);
  await db.deleteFrom('instances').where('id', '=', row.id).execute();
};
const crash = (kind: 'transport' | 'login' | 'stream', code: number): Act => {
  const banSeconds = code === 402 ? BAN_SECONDS : null;
  return ({ session, row }) => session(row.id)?.end({ ...closed(kind, code), banSeconds });
};
const slow = (step: Step): Act => {
  return ({ link }) => link.slowDown(step);
};
const reach = (reachable: boolean): Act => {
  return ({ link }) => {
    link.reachable = reachable;
  };
};

const ACTS: Record<string, Act> = {
  connect: ({ supervisor, row }) => supervisor.connect(row, {}),
  'connect by code': ({ supervisor, row }) => supervisor.connect(row, { number: '5511999999999' }),
  reconnect: ({ supervisor, row }) => supervisor.reconnect(row),
  logout: ({ supervisor, row }) => supervisor.logout(row),
  delete: remove,
  suspend: suspend(1),
  resume: suspend(0),
  scan: ({ pairing, row }) => pairing(row.id)?.scan(),
  'unlink by the phone': ({ session, row }) => session(row.id)?.unlink(),
  'crash of the connection': crash('transport', 428),
  'restart demanded': crash('stream', 515),
  replaced: crash('stream', 440),
  banned: crash('login', 402),
  'slow load': slow('load'),
  'slow replay': slow('replay'),
  'slow close': slow('close'),
  'slow restart': slow('restart'),
  'release what is slow': ({ link }) => link.release(),
  'WhatsApp out of reach': reach(false),
  'WhatsApp in reach': reach(true),
  'a second': ({ clock }) => clock.advance(1_000),
  'five seconds': ({ clock }) => clock.advance(5_000),
  'twenty seconds': ({ clock }) => clock.advance(20_000),
};

const command = (name: string) =>
  fc.boolean().map((rests) => new Command(name, ACTS[name] ?? (() => {}), rests));
/** What most others depend on comes more often. */
const commands = fc.commands(
  [...Object.keys(ACTS), 'connect', 'scan', 'connect', 'scan', 'reconnect', 'release what is slow'].map(
    command,
  ),
  { maxCommands: COMMANDS, size: 'max' },
);

let storage: TestStorage;
beforeAll(async () => {
  storage = await databases[0]!.open();
});

it('keeps one socket, one loaded device and nothing of a logged-out one, for commands and events in any order', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (some) => {
      const scripted = scriptInstances(storage);
      const { id } = await scripted.addInstance();
      const row = await scripted.instanceOf(id);
      const running: Running = { ...scripted, row, unanswered: new Set() };
      running.supervisor.start();
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: running }), some);
        await comesToRest(running);
      } finally {
        running.link.release(true);
        await running.settle();
        await running.supervisor.stop();
        await storage.db.deleteFrom('instances').where('id', '=', id).execute();
        await storage.db.deleteFrom('accounts').where('id', '=', row.account_id).execute();
      }
    }),
    { numRuns: RUNS },
  );
}, 60_000);

/** Nothing is slow or out of reach any more, and time passes: the instance is as its row says. */
async function comesToRest(running: Running): Promise<void> {
  const { link, clock, db, settle, find, stored, supervisor, row } = running;
  link.reachable = true;
  link.release(true);
  await settle();
  for (let second = 0; second < REST_SECONDS; second += 5) {
    clock.advance(5_000);
    await settle();
  }
  expect(link.violations).toEqual([]);
  expect(running.unanswered.size, 'every call is answered').toBe(0);

  const instance = await find(row.id);
  const account = await db
    .selectFrom('accounts')
    .select('suspended')
    .where('id', '=', row.account_id)
    .executeTakeFirstOrThrow();
  const runs = instance?.desired === 'running' && instance.link === 'linked' && account.suspended === 0;
  expect(link.connectionsOf(row.id).length, 'sockets').toBe(runs ? 1 : 0);
  expect(link.loaded(row.id), 'loaded devices').toBe(runs ? 1 : 0);
  if (instance) expect(supervisor.live(instance).state === 'connected').toBe(runs);
  if (instance?.link !== 'linked') expect(await stored(row.id), 'rows of a device').toBe(0);
  else expect(await stored(row.id), 'rows of a device').toBeGreaterThan(0);
}
