import { Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Logger } from '../telemetry/log.ts';
import { registerChangeCounter } from './cached-query.ts';
import type { Dialect } from './dialect.ts';
import { firstTables } from './migrations/001-first-tables.ts';
import { media } from './migrations/002-media.ts';
import { pollVotes } from './migrations/003-poll-votes.ts';
import { chats } from './migrations/004-chats.ts';
import { labels } from './migrations/005-labels.ts';
import { groups } from './migrations/006-groups.ts';
import { newsletters } from './migrations/007-newsletters.ts';
import { calls } from './migrations/008-calls.ts';
import { history } from './migrations/010-history.ts';
import { mediaFiles } from './migrations/012-media-files.ts';
import { idempotentMessages } from './migrations/013-idempotent-messages.ts';
import { type CONNECTION_LIMITS, postgresDialect } from './postgres.ts';
import type { Queries } from './queries.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

/** Where the data lives: a PostgreSQL URL, or the path of an SQLite file. */
export type DatabaseTarget = { dialect: 'postgres'; url: string } | { dialect: 'sqlite'; file: string };

export interface Storage {
  readonly dialect: Dialect;
  readonly db: Queries;
  close(): Promise<void>;
}

const POSTGRES_POOL = 20;

/**
 * Opens the database and brings its schema up to date. Safe to call from several processes at once. `server` names a
 * process that will serve the data.
 */
export async function openStorage(target: DatabaseTarget, log: Logger, server?: string): Promise<Storage> {
  // A migration may take long, and wait for one that another process makes.
  const patient = connect(target, log, { limits: { query_timeout: 0, statement_timeout: 0 } });
  try {
    await migrate(patient, target.dialect);
  } finally {
    await patient.destroy();
  }
  const db = connect(target, log, { server });
  // Kysely closes only what it has used.
  await sql`select 1`.execute(db);
  return { dialect: target.dialect, db, close: () => db.destroy() };
}

interface ConnectOptions {
  limits?: Partial<typeof CONNECTION_LIMITS>;
  server?: string | undefined;
}

function connect(target: DatabaseTarget, log: Logger, { limits, server }: ConnectOptions): Queries {
  if (target.dialect === 'sqlite') {
    const { dialect, changes } = sqliteDialect(target.file);
    const db = new Kysely<Database>({ dialect });
    registerChangeCounter(db, changes);
    return db;
  }
  const { dialect, pool } = postgresDialect(target.url, POSTGRES_POOL, limits, server);
  // An idle connection that the server drops is reported here; without a listener it would end the process.
  // The error carries the whole client with it, which is nothing for a log.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'lost an idle database connection'));
  return new Kysely<Database>({ dialect });
}

async function migrate(db: Queries, dialect: Dialect): Promise<void> {
  const migrations: Record<string, Migration> = {
    '001-first-tables': firstTables(dialect),
    '002-media': media(),
    '003-poll-votes': pollVotes(),
    '004-chats': chats(dialect),
    '005-labels': labels(dialect),
    '006-groups': groups,
    '007-newsletters': newsletters,
    '008-calls': calls,
    '010-history': history(dialect),
    '012-media-files': mediaFiles(dialect),
    '013-idempotent-messages': idempotentMessages,
  };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
