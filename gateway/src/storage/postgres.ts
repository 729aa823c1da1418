import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';

const INT8_OID = 20;

/** Longer than any statement of ours takes on a database that is well. */
const STATEMENT_MS = 10_000;
/** For the answer of the server, which gives up first. Only a dead connection takes this long. */
const ANSWER_MS = STATEMENT_MS + 2_000;

/**
 * Both sides find out that the other one is gone, instead of holding locks or waiting for ever: what is set in the URL
 * goes before it. For all of our connections.
 */
export const CONNECTION_LIMITS = {
  connectionTimeoutMillis: 5_000,
  query_timeout: ANSWER_MS,
  statement_timeout: STATEMENT_MS,
  idle_in_transaction_session_timeout: ANSWER_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
} satisfies pg.ClientConfig;

/** What the connections of all serving processes on this database and schema are named like. */
export const SERVER_NAME = `'ryze-gateway ' || hashtext(current_schema()) || ' server '`;
const NAMED = `select set_config('application_name', ${SERVER_NAME} || $1, false)`;

const NO_ANSWER = 'Query read timeout';

/**
 * Kysely's PostgreSQL dialect on `pg`.
 *
 * `bigint` arrives as a JavaScript number: we keep Unix milliseconds and counts in it, both far below 2^53.
 * `application_name` lets an operator see whose connections these are. Those of a serving process (`server`) carry its
 * name, by which its successor finds what is left of them (`single-writer.ts`).
 */
export function postgresDialect(
  url: string,
  poolSize: number,
  limits: Partial<typeof CONNECTION_LIMITS> = {},
  server?: string,
): { dialect: PostgresDialect; pool: pg.Pool } {
  const pool = new pg.Pool({
    ...CONNECTION_LIMITS,
    ...limits,
    connectionString: url,
    max: poolSize,
    application_name: 'ryze-gateway',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8_OID && format !== 'binary'
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  if (server !== undefined) {
    // Runs before the query that the connection was opened for; when it fails, so does that query.
    pool.on('connect', (client) => client.query(NAMED, [server]).catch(() => {}));
  }
  return { dialect: new PostgresDialect({ pool: withoutDeadConnections(pool) }), pool };
}

/**
 * A connection that owes an answer is closed, not given back: `pg` would run what comes next behind the query that
 * hangs, and so fail one request after the other. One that breaks while it is lent says so by an event, which would
 * end the process without a listener.
 */
function withoutDeadConnections(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let dead: Error | undefined;
      const broke = (error: Error) => {
        dead ??= error;
      };
      client.on('error', broke);
      const query = async (text: string, values: unknown[]) => {
        if (dead) throw dead;
        try {
          return await client.query(text, values);
        } catch (error) {
          if (error instanceof Error && error.message === NO_ANSWER) broke(error);
          throw error;
        }
      };
      const release = () => {
        client.off('error', broke);
        client.release(dead);
      };
      return { query, release } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}
