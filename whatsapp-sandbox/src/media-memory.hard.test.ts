import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from './index.ts';
import { ANNA, BERT } from './testing/groups.ts';
import { TestSandbox } from './testing/sandbox.ts';

const MB = 1024 * 1024;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = new TestSandbox(await startSandbox());
  await sandbox.phones(ANNA, BERT);
});
afterAll(() => sandbox.close());

/** Resolves with the most memory that the process held while the file was on its way, over what it had before. */
async function memoryFor(bytes: number): Promise<number> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  try {
    const { id } = await sandbox.post(`/phones/${ANNA}/send`, {
      to: BERT,
      media: { kind: 'document', bytes },
    });
    const entry = await arrival(id);
    expect(entry.media?.size).toBe(bytes);
  } finally {
    clearInterval(watch);
  }
  return peak - before;
}

async function arrival(id: string) {
  for (let after = 0; ; ) {
    const entries = await sandbox.inbox(BERT, after);
    const found = entries.find((entry) => entry.id === id);
    if (found) return found;
    after = entries.at(-1)?.seq ?? after;
  }
}

test('a hundred megabytes go through without being held in memory', async () => {
  await memoryFor(10 * MB);
  expect(await memoryFor(100 * MB)).toBeLessThan(90 * MB);
});
