import { spawnSync } from 'node:child_process';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where tests find PostgreSQL; null when none answers. */
    postgresUrl: string | null;
    /** Whether ffmpeg and ffprobe can be run. */
    ffmpeg: boolean;
  }
}

const url = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** What the run found, asked once; each project is told the same. */
const found = { postgresUrl: await findPostgres(), ffmpeg: findFfmpeg() };

export default function setup(project: TestProject): void {
  project.provide('postgresUrl', found.postgresUrl);
  project.provide('ffmpeg', found.ffmpeg);
}

async function findPostgres(): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return url;
  } catch (error) {
    notRun(`PostgreSQL does not answer at ${new URL(url).host}: its tests were not run`, error);
    return null;
  }
}

function findFfmpeg(): boolean {
  for (const program of ['ffmpeg', 'ffprobe']) {
    const { error } = spawnSync(program, ['-version'], { stdio: 'ignore' });
    if (!error) continue;
    notRun('ffmpeg is not installed: the tests of sound and film were not run', error);
    return false;
  }
  return true;
}

/** A developer's run goes on without and says so in one line; on CI that would hide tests, so there it is a failure. */
function notRun(line: string, error: unknown): void {
  if (process.env.CI) throw new Error(line, { cause: error });
  process.stderr.write(`${line}\n`);
}
