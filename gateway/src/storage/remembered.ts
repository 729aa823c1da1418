import type { Queries } from './queries.ts';

/**
 * A number that is another one after every write to the database: of this process at once, of any other by the next
 * turn of the event loop.
 */
export type ChangeCounter = () => number;

const counters = new WeakMap<Queries, ChangeCounter>();

/** Says how changes of this database are noticed. A database that cannot tell (PostgreSQL) has no counter. */
export function countChanges(db: Queries, counter: ChangeCounter): void {
  counters.set(db, counter);
}

const CAPACITY = 10_000;

/**
 * Remembers what a query found for as long as nothing at all was written. Not timed: a revoked token is gone
 * from the next call on, and from the next turn of the event loop on when another process revoked it. Results are shared, so nobody may change them; `keep` leaves out those
 * that are too large to hold.
 */
export function remembered<A extends readonly string[], R>(
  db: Queries,
  query: (...values: A) => Promise<R>,
  keep: (found: R) => boolean = () => true,
): (...values: A) => Promise<R> {
  const changes = counters.get(db);
  if (!changes) return query;
  const known = new Map<string, R>();
  let asOf = Number.NaN;
  return async (...values) => {
    // Read before the query: what is written while it runs makes its result old, never new.
    const now = changes();
    if (now !== asOf) {
      known.clear();
      asOf = now;
    }
    const key = values.join('\n');
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const found = await query(...values);
    if (asOf === now && keep(found)) {
      if (known.size >= CAPACITY) known.clear();
      known.set(key, found);
    }
    return found;
  };
}
