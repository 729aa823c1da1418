import { expect, test } from 'vitest';
import { silentLog } from '../../events/testing/events.ts';
import { TestClock } from '../../testing/test-clock.ts';
import type { Target } from './target.ts';
import { showTyping } from './typing.ts';

const JOAO: Target = {
  to: '5511999999999@s.whatsapp.net',
  chat: { kind: 'private', person: { jid: '5511999999999@s.whatsapp.net', lid: null } },
};
const CHANNEL: Target = { to: '1@newsletter', chat: { kind: 'newsletter', jid: '1@newsletter' } };

/** Begins to type; `shown` is what the other side saw, with the second in which it did. */
function typing(target: Target, seconds: number, fails = false) {
  const clock = new TestClock();
  const start = clock.now();
  const shown: string[] = [];
  const session = {
    async sendChatState(chat: string, state: string) {
      shown.push(`${(clock.now() - start) / 1_000} ${chat} ${state}`);
      if (fails) throw new Error('closed');
    },
  };
  const done = showTyping(session, target, seconds, { clock, log: silentLog });
  return { clock, shown, done };
}

/** Lets the time pass second by second, as what waits for it starts waiting anew in between. */
async function pass(clock: TestClock, seconds: number) {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await Promise.resolve();
  }
}

test('typing is refreshed every 10 seconds and taken away at the end', async () => {
  const { clock, shown, done } = typing(JOAO, 25);
  await pass(clock, 25);
  await done;
  expect(shown).toEqual([
    `0 ${JOAO.to} composing`,
    `10 ${JOAO.to} composing`,
    `20 ${JOAO.to} composing`,
    `25 ${JOAO.to} paused`,
  ]);
});

test('no delay shows nothing', async () => {
  const { shown, done } = typing(JOAO, 0);
  await done;
  expect(shown).toEqual([]);
});

test('a channel gets the wait without typing', async () => {
  const { clock, shown, done } = typing(CHANNEL, 5);
  let ended = false;
  const end = done.then(() => {
    ended = true;
  });
  await pass(clock, 4);
  expect(ended).toBe(false);
  await pass(clock, 1);
  await end;
  expect(shown).toEqual([]);
});

test('typing that cannot be shown does not end the wait', async () => {
  const { clock, shown, done } = typing(JOAO, 3, true);
  await pass(clock, 3);
  await done;
  expect(shown).toHaveLength(2);
});
