import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, QueryResult } from 'kysely';

/** Prepared statements kept. The gateway's own set is far smaller; batches of unusual size fall out. */
const STATEMENT_CACHE = 256;

const BUSY_RETRY_MS = 20;
const SQLITE_BUSY = 5;

interface Statement {
  run: StatementSync;
  returnsRows: boolean;
  writes: boolean;
}

/** The one connection to an SQLite file; `node:sqlite` answers synchronously. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();
  readonly #foreignChanges: StatementSync;
  /** Its user at this moment waits for other processes until then; `performance.now()`. */
  deadline = 0;
  /** The last query waited for another process in vain. */
  blocked = false;
  #version: unknown;
  #asked = false;
  #changes = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#foreignChanges = database.prepare('PRAGMA data_version');
  }

  /** Some failures (a full disk) end a transaction by themselves. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /**
   * Another number after every write. Our own are counted here at once; those of other processes are asked of SQLite
   * once per turn of the event loop, because the question is a system call and a busy turn has many requests.
   */
  changes(): number {
    if (!this.#asked) {
      this.#asked = true;
      setImmediate(() => {
        this.#asked = false;
      });
      const version = this.#foreignChanges.get()?.data_version;
      if (version !== this.#version) {
        this.#version = version;
        this.#changes++;
      }
    }
    return this.#changes;
  }

  /** SQLite would wait for another process by stopping this one, with all of its sockets. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (;;) {
      try {
        const result = this.#run<R>(query);
        this.blocked = false;
        return result;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.blocked ||= performance.now() >= this.deadline;
        if (performance.now() >= this.deadline) throw error;
        await pause(BUSY_RETRY_MS);
      }
    }
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { run, returnsRows, writes } = this.#statement(sql);
    if (writes) this.#changes++;
    const values = parameters as SQLInputValue[];
    if (returnsRows) return { rows: run.all(...values) as R[] };
    const { changes, lastInsertRowid } = run.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    for (const row of this.#statement(sql).run.iterate(...(parameters as SQLInputValue[]))) {
      yield { rows: [row as R] };
    }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement) {
      this.#statements.delete(sql);
    } else {
      const run = this.#database.prepare(sql);
      // Asking for the columns costs as much as running a small query, so it is done once.
      statement = { run, returnsRows: run.columns().length > 0, writes: !/^\s*select\b/i.test(sql) };
      const [oldest] = this.#statements.keys();
      if (this.#statements.size >= STATEMENT_CACHE && oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
}
