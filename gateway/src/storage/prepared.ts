import type { Compilable, CompiledQuery } from 'kysely';
import type { Queries } from './database.ts';

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
