import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';

/** Prepared statements kept. The gateway's own set is far smaller; batches of unusual size fall out. */
const STATEMENT_CACHE = 256;

/** How long a query waits for another process to finish its writing, counted from when it was asked for. */
const BUSY_DEADLINE_MS = 5_000;
/** The same, once one has waited in vain: a request of many queries would else wait for each of them. */
const STILL_BUSY_DEADLINE_MS = 200;
const BUSY_RETRY_MS = 20;
const SQLITE_BUSY = 5;

interface Statement {
  run: StatementSync;
  returnsRows: boolean;
  writes: boolean;
}

/** The one connection to an SQLite file; `node:sqlite` answers synchronously. */
class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();
  readonly #foreignChanges: StatementSync;
  /** Whoever has it at this moment waits for other processes until then; `performance.now()`. */
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
}

/**
 * Lends the connection to one query or transaction at a time, in the order in which they asked. Kysely's own driver
 * wakes everybody who waits at every turn, which under load costs more than the queries.
 */
export class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;
  readonly #waiting: (() => void)[] = [];
  #lent = false;

  /** Other processes are waited for in here: the connection itself is to have no busy timeout. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  changes(): number {
    return this.#connection.changes();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const asked = performance.now();
    if (this.#lent) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#lent = true;
    // Whoever waited in the queue while the file was locked does not wait for it all over again.
    this.#connection.deadline =
      asked + (this.#connection.blocked ? STILL_BUSY_DEADLINE_MS : BUSY_DEADLINE_MS);
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    // The connection stays lent while it passes on, so nobody can slip in between.
    if (next) next();
    else this.#lent = false;
  }

  /**
   * Immediate: every transaction of ours writes. A deferred one that reads first fails at its first write when another
   * process (the command line) wrote in between, and SQLite does not wait for that case.
   */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // Some failures (a full disk) have ended the transaction already.
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
}
