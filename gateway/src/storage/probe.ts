import type { Clock } from '../clock.ts';
import type { Queries } from './queries.ts';

const PROBE_MS = 2_000;

/**
 * Asks the database to write something; null when it did so in time, else the reason, without addresses. A mere query
 * is answered while another process keeps every writer out, or while the disk is full.
 */
export async function probe(db: Queries, clock: Clock, timeoutMs = PROBE_MS): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const cancel = clock.after(timeoutMs, () => resolve('timeout'));
  const row = { key: 'probe', value: '' };
  const asked = db
    .insertInto('meta')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute()
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
