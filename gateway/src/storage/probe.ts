import { sql } from 'kysely';
import type { Queries } from './database.ts';

const PROBE_MS = 2_000;

/**
 * Asks the database for an answer; null when it gave one in time, else the reason, without addresses. In a transaction:
 * SQLite answers a mere query while another process keeps every writer out.
 */
export async function probe(db: Queries, timeoutMs = PROBE_MS): Promise<string | null> {
  let cancel = () => {};
  const late = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), timeoutMs);
    cancel = () => clearTimeout(timer);
  });
  const asked = db
    .transaction()
    .execute((trx) => sql`select 1`.execute(trx))
    .then(
      () => null,
      (error: unknown) => reasonOf(error),
    );
  try {
    return await Promise.race([asked, late]);
  } finally {
    cancel();
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'host not found',
};

function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code } = (first ?? {}) as { code?: unknown };
  return (typeof code === 'string' && reasons[code]) || 'not available';
}
