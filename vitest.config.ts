import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{gateway,whatsapp-sandbox,signal,harness,bench,witness}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: './vitest.global.ts',
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Waiting for something to become true: as long as it takes on a busy machine, noticed soon on an idle one.
    expect: { poll: { timeout: 10_000, interval: 20 } },
  },
});
