import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { DatabaseTarget } from './database.ts';
import { CONNECTION_LIMITS, SERVER_NAME } from './postgres.ts';

const REACQUIRE_MS = 1_000;
/** How long the server is given to end a session; then it is asked again. */
const ENDING_MS = 2_000;

/** Another gateway serves this data at this moment. */
export class AlreadyServed extends Error {
  override name = 'AlreadyServed';
}

export interface SingleWriter {
  release(): Promise<void>;
}

export interface SingleWriterOptions {
  target: DatabaseTarget;
  /** Names this process; its own connections to PostgreSQL carry it (`openStorage`). */
  server: string;
  dataDir: string;
  clock: Clock;
  /** The hold was lost and another gateway took it: this one must stop at once. */
  onTaken(): void;
}

/**
 * Holds the data for one serving process. Two processes that move the same Signal ratchets damage them for good, so
 * the second one does not start. The hold ends with the process, however it ends. Throws `AlreadyServed`.
 */
export function holdSingleWriter(options: SingleWriterOptions): Promise<SingleWriter> {
  return options.target.dialect === 'sqlite'
    ? holdFolder(options.dataDir)
    : holdDatabase(options.target.url, options);
}

/** SQLite: the operating system's lock on a file beside the database. */
async function holdFolder(dataDir: string): Promise<SingleWriter> {
  const lock = new DatabaseSync(resolve(dataDir, 'gateway.lock'));
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new AlreadyServed('another gateway is running on this data folder', { cause: error });
  }
  return { release: async () => lock.close() };
}

/** PostgreSQL: an advisory lock of one connection, for this database and schema. */
async function holdDatabase(
  url: string,
  { server, clock, onTaken }: SingleWriterOptions,
): Promise<SingleWriter> {
  let client: pg.Client | null = null;
  let session: Session | null = null;
  let released = false;
  let cancel = () => {};

  const acquire = async () => {
    const fresh = new pg.Client({
      ...CONNECTION_LIMITS,
      connectionString: url,
      application_name: 'ryze-gateway single writer',
    });
    fresh.on('error', () => {});
    try {
      await fresh.connect();
      if (session) await endSession(fresh, session);
      session = await lockedSession(fresh);
      await endPredecessors(fresh, server);
    } catch (error) {
      await fresh.end();
      throw error;
    }
    fresh.once('end', () => {
      client = null;
      if (!released) reacquire();
    });
    client = fresh;
  };
  const reacquire = () => {
    cancel = clock.after(REACQUIRE_MS, () => {
      acquire().catch((error) => {
        if (released) return;
        if (error instanceof AlreadyServed) onTaken();
        else reacquire();
      });
    });
  };

  await acquire();
  return {
    async release() {
      released = true;
      cancel();
      await client?.end();
    },
  };
}

/** A server process that holds the lock. Numbers of processes are used again, so the start goes with it. */
interface Session {
  pid: number;
  started: string;
}

async function lockedSession(client: pg.Client): Promise<Session> {
  const { rows } = await client.query<Session & { held: boolean }>(
    `select pid, backend_start::text as started,
       pg_try_advisory_lock(hashtext('ryze-gateway'), hashtext(current_schema())) as held
     from pg_stat_activity where pid = pg_backend_pid()`,
  );
  const [row] = rows;
  if (!row?.held) throw new AlreadyServed('another gateway is running on this database');
  return { pid: row.pid, started: row.started };
}

/**
 * Ends our own former session. The server may not know yet that its connection is gone, and would take it for another
 * gateway.
 */
async function endSession(client: pg.Client, { pid, started }: Session): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid, ${ENDING_MS}) from pg_stat_activity where pid = $1 and backend_start::text = $2`,
    [pid, started],
  );
}

/**
 * Ends what a gateway that held the lock before has left on the server. A killed process is not gone there yet: its
 * last transaction may still be about to commit. If this process had read a ratchet before that commit, the two would
 * have moved it from the same state, and one of the two steps would be lost.
 */
async function endPredecessors(client: pg.Client, server: string): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid, ${ENDING_MS}) from pg_stat_activity
       where datname = current_database() and starts_with(application_name, ${SERVER_NAME})
         and application_name <> ${SERVER_NAME} || $1`,
      [server],
    );
    if (rowCount === 0) return;
  }
}
