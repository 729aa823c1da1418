import { DatabaseSync } from 'node:sqlite';
import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { ChangeCounter } from './cached-query.ts';
import { SqliteDriver } from './sqlite-driver.ts';

/**
 * How much the log may grow (16 MB) before it is moved into the file. SQLite's own 1,000 is a move every few
 * dozen messages, and between two moves a page that changes often is written to the file only once.
 */
const CHECKPOINT_PAGES = 4_000;

/**
 * Kysely's SQLite dialect on Node's own `node:sqlite`.
 *
 * WAL with `synchronous = NORMAL`: a commit survives the death of the process; after a power cut the last commits
 * may be gone but the file is whole. `foreign_keys` is off by default in SQLite and deletion relies on cascades.
 */
export function sqliteDialect(file: string): { dialect: Dialect; changes: ChangeCounter } {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec('PRAGMA busy_timeout = 0');
  const driver = new SqliteDriver(database);
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return { dialect, changes: () => driver.changes() };
}
