import { afterEach, describe, expect, it } from 'vitest';
import { databases } from '../gateway/src/storage/testing/databases.ts';
import { sendWaiting } from '../gateway/src/testing/waiting-messages.ts';
import { Condition } from './condition.ts';
import { Stage } from './stage.ts';

const WAITING = Number(process.env.WAITING ?? 10_000);
/** The gateway is killed when so much of what waited was reported. */
const KILLED_AT = [0.05, 0.3, 0.6, 0.9];
const UNREADABLE = 20;
const FRIENDS = 7;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(databases)('a long offline queue, on $name', ({ open }) => {
  it('is drained to its end through kills, with unreadable messages and statuses in it, and nothing is doubled', async () => {
    const storage = await open();
    const changed = new Condition();
    const heard = new Map<string, Set<string>>();
    const stage = await Stage.set(storage, {
      onEvent: ({ event, eventId, data }) => {
        if (event === 'message.exchange') heard.set(data.id, (heard.get(data.id) ?? new Set()).add(eventId));
        changed.notify();
      },
    });
    cleanups.push(storage.close, () => stage.close());
    await stage.startGateway();
    const { phone } = await stage.link('sales');
    const names = Array.from({ length: FRIENDS }, (_, n) => `Friend ${n}`);
    const friends = await Promise.all(names.map((name) => stage.newPhone(name)));
    const say = async (text: string) => {
      for (const friend of friends) await reported(await friend.send(phone.number, text));
    };
    const reported = async (id: string) => {
      await changed.until(
        () => heard.has(id),
        () => `${id} was not reported; ${heard.size} were`,
      );
    };
    await say('Hi');
    await stage.endGateway('SIGTERM');

    const ids = await sendWaiting(friends, phone, WAITING);
    await phone.fault('corrupt', { count: UNREADABLE });
    await stage.startGateway();
    for (const share of KILLED_AT) {
      await changed.until(
        () => heard.size >= share * WAITING,
        () => `${heard.size} of ${WAITING} were reported, ${share} is the next kill`,
      );
      await stage.endGateway('SIGKILL');
      await stage.startGateway();
    }
    let missing = ids;
    const more = () => {
      missing = missing.filter((id) => !heard.has(id));
      return missing;
    };
    while (more().length > 0) {
      const before = heard.size;
      await changed.until(
        () => heard.size > before,
        () => `${missing.length} of ${WAITING} are missing`,
      );
    }
    await say('Live');
    expect([...heard.values()].filter((events) => events.size > 1)).toEqual([]);
    await expect.poll(async () => (await stage.stats()).undelivered).toEqual({});
    await expect.poll(() => storage.db.selectFrom('inbox_journal').selectAll().execute()).toEqual([]);
  });
});
