import { expect, test } from 'vitest';
import { addInstance, testSeal } from '../../events/testing/events.ts';
import { NumberCache } from '../../mailbox/number-cache.ts';
import { databases } from '../../storage/testing/databases.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { SendFailed, type Session } from '../../whatsapp/session.ts';
import { GroupSync } from './group-sync.ts';
import { linkGroups } from './link-groups.ts';

const [sqlite] = databases;
const COMMUNITY = '120363406289005001@g.us';
const bare = (n: number) => jid(n).replace('@g.us', '');
const jid = (n: number) => `1203634062890${String(n).padStart(5, '0')}@g.us`;

/** Links on a WhatsApp that answers at once, with a clock that the test moves. */
async function linking(
  groups: string[],
  answer: (asked: number) => number | null = () => null,
  action: 'link' | 'unlink' = 'link',
) {
  const { db } = await sqlite!.open();
  const clock = new TestClock();
  const instance = await addInstance(db, testSeal());
  const asked: { at: number; jid: string }[] = [];
  const link = async (_: string, group: string) => {
    asked.push({ at: clock.now(), jid: group });
    return answer(asked.length);
  };
  const session = { groups: { link, unlink: link } } as unknown as Session;
  const deps = {
    db,
    clock,
    fetch: { request: () => Promise.reject(new Error('nothing is fetched')) },
    numbers: new NumberCache(clock),
    groupSync: new GroupSync({ clock, log: { warn() {} } as never }),
    sessions: { session: () => session },
  };
  const began = clock.now();
  let outcome: Awaited<ReturnType<typeof linkGroups>> | null = null;
  const done = linkGroups(instance, { action, community: COMMUNITY, groups }, deps).then((result) => {
    outcome = result;
  });
  while (outcome === null) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.waiting > 0) clock.advance(100);
  }
  await done;
  return {
    seconds: asked.map(({ at }) => Math.round((at - began) / 1000)),
    asked,
    outcome: outcome as never,
  };
}

test('groups are linked one second apart, and what WhatsApp need not be asked about costs none', async () => {
  const { seconds, outcome } = await linking([jid(1), 'nonsense', jid(2), jid(1), bare(1), jid(3)]);
  expect(seconds).toEqual([0, 1, 2]);
  expect(outcome).toMatchObject({ done: [jid(1), jid(2), jid(3)], failed: [{ jid: 'nonsense' }] });
});

test.each(['link', 'unlink'] as const)('from the 51st on nothing is attempted: %s', async (action) => {
  const groups = Array.from({ length: 53 }, (_, n) => jid(n));
  const { asked, outcome } = await linking(groups, undefined, action);
  expect(asked).toHaveLength(50);
  const beyond = { error: 'a community has at most 50 groups' };
  expect(outcome).toMatchObject({
    failed: [
      { jid: jid(50), ...beyond },
      { jid: jid(51), ...beyond },
      { jid: jid(52), ...beyond },
    ],
  });
});

test('when WhatsApp throttles in the middle, the answer lists what was linked', async () => {
  const { outcome } = await linking([jid(1), jid(2)], (asked) => {
    if (asked === 2) throw new SendFailed({ kind: 'throttled' });
    return null;
  });
  expect(outcome).toEqual({ done: [jid(1)], failed: [{ jid: jid(2), error: 'rate-overlimit' }] });
});
