import { describe, expect, it } from 'vitest';
import { Semaphore } from './semaphore.ts';

describe('semaphore', () => {
  it('lets no more than its capacity in, and the waiting in their order', async () => {
    const semaphore = new Semaphore(2);
    const inside: string[] = [];
    const enter = async (name: string) => {
      const leave = await semaphore.enter();
      inside.push(name);
      return leave;
    };
    const [a] = await Promise.all([enter('a'), enter('b')]);
    const c = enter('c');
    const d = enter('d');
    await Promise.resolve();
    expect(inside).toEqual(['a', 'b']);
    a();
    a();
    const leaveC = await c;
    expect(inside).toEqual(['a', 'b', 'c']);
    leaveC();
    await d;
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });
});
