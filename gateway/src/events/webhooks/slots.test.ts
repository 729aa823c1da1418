import { describe, expect, test } from 'vitest';
import { SLOW_MS, Slots } from './slots.ts';

function setup() {
  const slots = new Slots({ total: 3, slow: 1 });
  const start = (webhookId: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = slots.use(webhookId, () => promise);
    return async () => {
      resolve();
      await ended;
    };
  };
  return { slots, start };
}

describe('slots', () => {
  test('slow webhooks leave room for the others', async () => {
    const { slots, start } = setup();
    slots.took('a', SLOW_MS);
    slots.took('b', SLOW_MS);
    const end = start('a');
    expect(['a', 'b', 'c'].map((id) => slots.hasRoomFor(id))).toEqual([false, false, true]);
    await end();
    expect(slots.hasRoomFor('b')).toBe(true);
  });

  test('a quick answer makes a webhook one of the others again', () => {
    const { slots, start } = setup();
    slots.took('a', SLOW_MS);
    start('a');
    slots.took('a', SLOW_MS - 1);
    expect(slots.hasRoomFor('a')).toBe(true);
  });

  test('a slot is given back in the class in which it was taken', async () => {
    const { slots, start } = setup();
    const end = start('a');
    slots.took('a', SLOW_MS);
    await end();
    start('a');
    expect(slots.hasRoomFor('a')).toBe(false);
  });

  test('nobody gets more than there is', () => {
    const { slots, start } = setup();
    for (const id of ['a', 'b', 'c']) start(id);
    expect([slots.isFull, slots.hasRoomFor('d')]).toEqual([true, false]);
  });
});
