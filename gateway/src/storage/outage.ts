const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
/** SQLSTATE classes and codes: connection exception, resources, too slow, shutdown, starting up, idle in transaction. */
const POSTGRES = /^(08...|53...|57014|57P0[1-5]|25P03)$/;
/** SQLite primary result codes: BUSY, IOERR, FULL, CANTOPEN. */
const SQLITE = new Set([5, 10, 13, 14]);
const PG_MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether an error that a query threw means that the database cannot be reached, rather than that the query is wrong. */
export function isOutage(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return SQLITE.has(errcode & 0xff);
  if (typeof code === 'string' && (NETWORK.has(code) || POSTGRES.test(code))) return true;
  return PG_MESSAGES.test(error.message);
}
