import { describe, expect, test } from 'vitest';
import { SLOW_MS, SlowReceivers } from './slow-receivers.ts';

function setup() {
  const receivers = new SlowReceivers(1);
  const start = (webhookId: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = receivers.run(webhookId, () => promise);
    return async () => {
      resolve();
      await ended;
    };
  };
  return { receivers, start };
}

describe('slow receivers', () => {
  test('leave room for the others', async () => {
    const { receivers, start } = setup();
    receivers.took('a', SLOW_MS);
    receivers.took('b', SLOW_MS);
    const end = start('a');
    expect(['a', 'b', 'c'].map((id) => receivers.hasRoomFor(id))).toEqual([false, false, true]);
    await end();
    expect(receivers.hasRoomFor('b')).toBe(true);
  });

  test('a quick answer makes a webhook one of the others again', () => {
    const { receivers, start } = setup();
    receivers.took('a', SLOW_MS);
    start('a');
    receivers.took('a', SLOW_MS - 1);
    expect(receivers.hasRoomFor('a')).toBe(true);
  });

  test('a place is given back in the class in which it was taken', async () => {
    const { receivers, start } = setup();
    const end = start('a');
    receivers.took('a', SLOW_MS);
    await end();
    start('a');
    expect(receivers.hasRoomFor('a')).toBe(false);
  });
});
