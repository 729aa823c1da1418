import { afterAll, onTestFinished } from 'vitest';

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Ends something with the test that made it or, when a hook made it for several tests, with the file. */
export function atEnd(end: () => unknown): void {
  try {
    onTestFinished(async () => void (await end()));
  } catch {
    ends.push(end); // there is no test at hand
  }
}
