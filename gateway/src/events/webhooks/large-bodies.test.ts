import { expect, test } from 'vitest';
import { LargeBodies } from './large-bodies.ts';

function visitors(bodies: LargeBodies) {
  const inside: string[] = [];
  const doors = new Map<string, () => void>();
  return {
    inside,
    come(name: string) {
      void bodies.enter(name.slice(0, 1)).then((leave) => {
        inside.push(name);
        doors.set(name, leave);
      });
    },
    async leave(name: string) {
      await new Promise(setImmediate);
      doors.get(name)?.();
      inside.splice(inside.indexOf(name), 1);
      await new Promise(setImmediate);
    },
  };
}

test('a few are in memory, of one webhook fewer, and one that leaves lets in the first that may', async () => {
  const { inside, come, leave } = visitors(new LargeBodies({ total: 3, perWebhook: 2 }));
  for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) come(name);
  await new Promise(setImmediate);
  expect(inside).toEqual(['a1', 'a2', 'b1']);
  await leave('b1');
  expect(inside).toEqual(['a1', 'a2', 'c1']);
  await leave('a1');
  expect(inside).toEqual(['a2', 'c1', 'a3']);
  await leave('c1');
  expect(inside).toEqual(['a2', 'a3', 'b2']);
});
