import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{gateway,whatsapp-sandbox,signal,harness}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
