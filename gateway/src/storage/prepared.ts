import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Queries } from './queries.ts';

/**
 * A query that runs all the time: built and compiled once, then run with other values, on the database or in a
 * transaction of it. `build` gets stand-ins in the place of the values and must not look into them.
 */
export function statement<A extends readonly unknown[], R>(
  build: (...values: A) => Compilable<R>,
): (runner: Queries, ...values: A) => Promise<R[]> {
  const places = Array.from({ length: build.length }, () => ({ standIn: true }));
  const compiled: CompiledQuery<R> = build(...(places as unknown as A)).compile();
  const order = compiled.parameters.map((parameter) => places.indexOf(parameter as (typeof places)[number]));
  return async (runner, ...values) => {
    const parameters = compiled.parameters.map((parameter, i) => {
      const place = order[i] ?? -1;
      return place === -1 ? parameter : values[place];
    });
    return (await runner.executeQuery<R>({ ...compiled, parameters })).rows;
  };
}

/** A `statement` that always runs on the database itself. */
export function prepared<A extends readonly unknown[], R>(
  db: Queries,
  build: (...values: A) => Compilable<R>,
): (...values: A) => Promise<R[]> {
  const run = statement(build);
  return (...values) => run(db, ...values);
}

class Place {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A query that runs all the time, in code that is given its database or transaction with each call: compiled at the
 * first run on each database, with names in the place of the values. `build` must not look into the values.
 */
export function query<V extends object, R>(
  build: (db: Queries, values: V) => Compilable<R>,
): (runner: Queries, values: V) => Promise<QueryResult<R>> {
  const byDatabase = new WeakMap<object, CompiledQuery<R>>();
  const places = new Proxy({}, { get: (_, name) => new Place(name) }) as V;
  return (runner, values) => {
    // The same object for a database and all of its transactions.
    const { adapter } = runner.getExecutor();
    const compiled = byDatabase.get(adapter) ?? build(runner, places).compile();
    byDatabase.set(adapter, compiled);
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Place ? values[parameter.name as keyof V] : parameter,
    );
    return runner.executeQuery<R>({ ...compiled, parameters });
  };
}
