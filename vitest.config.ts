import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Compiled code is kept between processes: every test file, sandbox and gateway is a process of its own and would else
// compile the same packages again. Children inherit the variable.
process.env.NODE_COMPILE_CACHE ??= new URL('node_modules/.cache/compiled', import.meta.url).pathname;

/** Ends what hangs. A test that is slow on a busy machine is not a failure, so no test may come near it. */
const HANGING_MS = 5 * 60_000;

/** Campaigns, and what needs a browser or a program that others wrote: `npm run test:hard`, beside all of harness/. */
const HARD = '**/*.hard.test.ts';

const common = {
  globalSetup: './vitest.global.ts',
  pool: 'forks',
  // Node runs the files as it runs the product, without a second compiler.
  experimental: { viteModuleRunner: false },
  testTimeout: HANGING_MS,
  hookTimeout: HANGING_MS,
  // Waiting for something to become true: as long as it takes on a busy machine, noticed soon on an idle one.
  expect: { poll: { timeout: HANGING_MS / 2, interval: 20 } },
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'test',
          include: ['{gateway,whatsapp-sandbox,signal,bench,scripts,passkey-extension,witness}/**/*.test.ts'],
          exclude: ['**/node_modules/**', HARD],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'hard',
          include: ['harness/**/*.test.ts', HARD],
          exclude: ['**/node_modules/**'],
          // One at a time: they measure.
          maxWorkers: 1,
          testTimeout: 4 * HANGING_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
