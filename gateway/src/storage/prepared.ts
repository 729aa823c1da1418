import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Queries } from './queries.ts';

class Placeholder {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A query that runs often: built and compiled at its first run on each database, then run with other values, on the
 * database itself or in a transaction. `build` gets placeholders instead of the values, so it must take each value
 * from `values` by its name and must not look into it.
 */
export function query<V extends object, R>(
  build: (db: Queries, values: V) => Compilable<R>,
): (runner: Queries, values: V) => Promise<QueryResult<R>> {
  const byDatabase = new WeakMap<object, CompiledQuery<R>>();
  const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(name) }) as V;
  return (runner, values) => {
    // The same object for a database and all of its transactions.
    const { adapter } = runner.getExecutor();
    const compiled = byDatabase.get(adapter) ?? build(runner, placeholders).compile();
    byDatabase.set(adapter, compiled);
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof V] : parameter,
    );
    return runner.executeQuery<R>({ ...compiled, parameters });
  };
}
