import type { DatabaseSync } from 'node:sqlite';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';
import { SqliteConnection } from './sqlite-connection.ts';

/** How long a query waits for another process to finish its writing, counted from when it was asked for. */
const BUSY_DEADLINE_MS = 5_000;
/** The same, once one has waited in vain: a request of many queries would else wait for each of them. */
const STILL_BUSY_DEADLINE_MS = 200;

/** So many transactions share a commit at most: the first of them waits for the last. */
const SHARED_BY = 16;

const BEGIN = CompiledQuery.raw('begin immediate');
const COMMIT = CompiledQuery.raw('commit');
const ROLLBACK = CompiledQuery.raw('rollback');
/** A transaction that joins those that wait for their commit. */
const JOIN = CompiledQuery.raw('savepoint joined');
const LEAVE = CompiledQuery.raw('release joined');
const UNDO = CompiledQuery.raw('rollback to joined');

/** The connection in the hands of one query or one transaction. */
class Loan implements DatabaseConnection {
  readonly #driver: SqliteDriver;
  transaction: 'first' | 'joined' | null = null;
  /** The connection was passed on before Kysely gave it back. */
  over = false;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#driver.execute(this, query);
  }

  streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    return this.#driver.stream(this, query);
  }
}

/**
 * Lends the connection to one query or transaction at a time, in the order in which they asked. Kysely's own driver
 * wakes everybody who waits at every turn, which under load costs more than the queries.
 *
 * Transactions that wait for each other share one commit: writing it out is the dearest part of a small transaction,
 * and many of them change the same pages. Each is a savepoint, so it fails alone; each resolves only once the commit
 * is made, and all fail with it. A query outside of them waits for that commit, so no query sees what may be undone.
 */
export class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #waiting: (() => void)[] = [];
  #lent = false;
  /** Transactions that have done their work and wait for the commit. */
  readonly #uncommitted: PromiseWithResolvers<void>[] = [];

  /** Other processes are waited for in here: the connection itself is to have no busy timeout. */
  constructor(database: DatabaseSync) {
    this.#connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}

  changes(): number {
    return this.#connection.changes();
  }

  async acquireConnection(): Promise<Loan> {
    const asked = performance.now();
    if (this.#lent) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#lent = true;
    // A caller that waited in the queue while the file was locked does not wait for it all over again.
    this.#connection.deadline =
      asked + (this.#connection.blocked ? STILL_BUSY_DEADLINE_MS : BUSY_DEADLINE_MS);
    return new Loan(this);
  }

  async releaseConnection(loan: Loan): Promise<void> {
    if (!loan.over) await this.#passOn(loan);
  }

  async execute<R>(loan: Loan, query: CompiledQuery): Promise<QueryResult<R>> {
    if (!loan.transaction) await this.#commit();
    return this.#run(query);
  }

  async *stream<R>(loan: Loan, query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    if (!loan.transaction) await this.#commit();
    yield* this.#connection.streamQuery<R>(query);
  }

  /**
   * Immediate: every transaction of ours writes. A deferred one that reads first fails at its first write when another
   * process (the command line) wrote in between, and SQLite does not wait for that case.
   */
  async beginTransaction(loan: Loan): Promise<void> {
    const first = this.#uncommitted.length === 0;
    await this.#run(first ? BEGIN : JOIN);
    loan.transaction = first ? 'first' : 'joined';
  }

  async commitTransaction(loan: Loan): Promise<void> {
    if (loan.transaction === 'joined') await this.#run(LEAVE);
    const committed = Promise.withResolvers<void>();
    this.#uncommitted.push(committed);
    void this.#passOn(loan);
    await committed.promise;
  }

  async rollbackTransaction(loan: Loan): Promise<void> {
    // A commit that failed, and some other failures (a full disk), have ended the transaction already.
    if (loan.over || !this.#connection.inTransaction) return;
    if (loan.transaction === 'first') {
      await this.#run(ROLLBACK);
      return;
    }
    try {
      await this.#run(UNDO);
      await this.#run(LEAVE);
    } catch (error) {
      // What cannot be undone alone must not be committed with the others.
      await this.#failAll(error);
      throw error;
    }
  }

  async destroy(): Promise<void> {
    this.#connection.close();
  }

  /** The connection stays lent while it passes on, so no other caller gets in between. Never rejects. */
  async #passOn(loan: Loan): Promise<void> {
    loan.over = true;
    if (this.#waiting.length === 0 || this.#uncommitted.length >= SHARED_BY) await this.#commit();
    const next = this.#waiting.shift();
    if (next) next();
    else this.#lent = false;
  }

  /** Commits the transactions that wait for it, if there are any, and settles their promises. Never rejects. */
  async #commit(): Promise<void> {
    if (this.#uncommitted.length === 0) return;
    try {
      await this.#connection.executeQuery(COMMIT);
      for (const each of this.#uncommitted.splice(0)) each.resolve();
    } catch (error) {
      await this.#failAll(error);
    }
  }

  /** Rolls everything back and rejects the transactions that wait for the commit. Never rejects itself. */
  async #failAll(error: unknown): Promise<void> {
    let reason = error;
    try {
      if (this.#connection.inTransaction) await this.#connection.executeQuery(ROLLBACK);
    } catch (second) {
      reason = new AggregateError([error, second], 'a commit failed, and so did its rollback');
    }
    this.#reject(reason);
  }

  #reject(reason: unknown): void {
    for (const each of this.#uncommitted.splice(0)) each.reject(reason);
  }

  /** A failure that ends the transaction takes along what was to share its commit. */
  async #run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.#connection.executeQuery<R>(query);
    } catch (error) {
      if (!this.#connection.inTransaction) this.#reject(error);
      throw error;
    }
  }
}
