import { expect, test } from 'vitest';
import { silentLog, testOutbox, testSeal } from '../../events/testing/events.ts';
import { databases } from '../../storage/testing/databases.ts';
import type { AfterClose } from './after-close.ts';
import { createStateLog } from './state-log.ts';
import { StateReports } from './state-reports.ts';
import { scriptInstances } from './testing/scripted-instances.ts';

const REPLACED: AfterClose = {
  next: { do: 'stop', forgiving: false },
  report: { state: 'stream_replaced', reason: null, code: 440, expiresAt: null },
};

async function reportsOfOne() {
  const { db, clock, link, addInstance, instanceOf } = scriptInstances(await databases[0]!.open());
  const { id } = await addInstance();
  await db
    .updateTable('instances')
    .set({ link: 'linked', desired: 'running' })
    .where('id', '=', id)
    .execute();
  const { outbox } = testOutbox(db, testSeal(), { clock });
  const stateLog = createStateLog({ db, outbox, clock });
  let failing = false;
  const states: typeof stateLog = {
    ...stateLog,
    report: (...report) => (failing ? Promise.reject(new Error('no database')) : stateLog.report(...report)),
  };
  const reports = new StateReports(id, { states, link, log: silentLog });
  return {
    reports,
    desired: async () => (await instanceOf(id)).desired,
    fail(fails: boolean) {
      failing = fails;
    },
  };
}

test('the same end after a reconnect stops the instance again', async () => {
  const { reports, desired } = await reportsOfOne();
  await reports.ended(REPLACED, Promise.resolve());
  expect(await desired()).toBe('stopped');
  await reports.reconnecting();
  expect(await desired()).toBe('running');
  await reports.ended(REPLACED, Promise.resolve());
  expect(await desired()).toBe('stopped');
});

test('an end that could not be stored is stored with the next one', async () => {
  const { reports, desired, fail } = await reportsOfOne();
  fail(true);
  await reports.ended(REPLACED, Promise.resolve());
  fail(false);
  await reports.ended(REPLACED, Promise.resolve());
  expect(await desired()).toBe('stopped');
});
