import type { Queries } from './queries.ts';

/**
 * A number that differs after every write to the database: at once after a write of this process, by the next turn of
 * the event loop after a write of another process.
 */
export type ChangeCounter = () => number;

const counters = new WeakMap<Queries, ChangeCounter>();

/** Registers how changes of this database are noticed. PostgreSQL has no such counter, so nothing is cached there. */
export function registerChangeCounter(db: Queries, counter: ChangeCounter): void {
  counters.set(db, counter);
}

const CAPACITY = 10_000;

/**
 * Caches the results of a query until the next write to any row of the database. No result lives by time: a
 * revoked token is gone from the next call on, and from the next turn of the event loop on when another process
 * revoked it. Callers share the results and must not change them. `keep` says which results are small enough to hold.
 */
export function cachedQuery<A extends readonly string[], R>(
  db: Queries,
  query: (...values: A) => Promise<R>,
  keep: (result: R) => boolean = () => true,
): (...values: A) => Promise<R> {
  const changes = counters.get(db);
  if (!changes) return query;
  const cache = new Map<string, R>();
  let asOf = Number.NaN;
  return async (...values) => {
    // Read before the query: a write that runs beside it then makes the result old, never new.
    const now = changes();
    if (now !== asOf) {
      cache.clear();
      asOf = now;
    }
    const key = values.join('\n');
    const hit = cache.get(key);
    if (hit !== undefined) return hit;
    const result = await query(...values);
    if (asOf === now && keep(result)) {
      if (cache.size >= CAPACITY) cache.clear();
      cache.set(key, result);
    }
    return result;
  };
}
