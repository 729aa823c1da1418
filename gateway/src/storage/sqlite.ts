import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect } from 'kysely';

/** Prepared statements kept per connection. The gateway's own set is far smaller; batches of unusual size fall out. */
const STATEMENT_CACHE = 256;

/**
 * Kysely's SQLite dialect on Node's own `node:sqlite`.
 *
 * WAL with `synchronous = NORMAL`: a commit survives the death of the process; after a power cut the last commits
 * may be gone but the file is whole. `foreign_keys` is off by default in SQLite and deletion relies on cascades.
 */
export function sqliteDialect(file: string): SqliteDialect {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec('PRAGMA busy_timeout = 5000');
  return new SqliteDialect({ database: kyselyDatabase(database) });
}

function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, StatementSync>();
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = cache.get(sql);
      if (statement) {
        cache.delete(sql);
      } else {
        statement = database.prepare(sql);
        const [oldest] = cache.keys();
        if (cache.size >= STATEMENT_CACHE && oldest !== undefined) cache.delete(oldest);
      }
      cache.set(sql, statement);
      const prepared = statement;
      const bind = (parameters: readonly unknown[]) => parameters as Parameters<StatementSync['all']>;
      return {
        reader: prepared.columns().length > 0,
        all: (parameters) => prepared.all(...bind(parameters)),
        run: (parameters) => prepared.run(...bind(parameters)),
        iterate: (parameters) => prepared.iterate(...bind(parameters)),
      };
    },
  };
}
