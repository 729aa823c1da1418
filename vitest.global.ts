import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where tests find PostgreSQL; null when none answers. */
    postgresUrl: string | null;
  }
}

const url = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/**
 * Asks once whether PostgreSQL is there. A developer's run without it covers SQLite and says so in one line; on CI that
 * would hide half of the tests, so there it is a failure.
 */
export default async function setup(project: TestProject): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    project.provide('postgresUrl', url);
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write(`PostgreSQL does not answer at ${new URL(url).host}: its tests were not run\n`);
    project.provide('postgresUrl', null);
  }
}
