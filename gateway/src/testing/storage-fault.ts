import {
  type DatabaseConnection,
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type TableNode,
} from 'kysely';
import type { TestStorage } from '../storage/testing/databases.ts';

type Kind = 'reads' | 'writes';

/** Tables and what of them fails; `all` stands for every table. */
type Trouble = { table: string | 'all'; of: Kind[] };

/** A database that refuses the queries that a test names, as one that cannot be reached. */
export class StorageFault {
  /** How many queries it refused. */
  refused = 0;
  #trouble: Trouble | null = null;

  /** The same database, seen through this fault. */
  over(storage: TestStorage): TestStorage {
    const db = storage.db.withPlugin(NOTHING);
    // Beneath the plugins, because queries that were compiled before do not pass through them.
    const executor = db.getExecutor();
    const provide = executor.provideConnection.bind(executor);
    executor.provideConnection = (use) => provide((connection) => use(this.#guard(connection)));
    return { ...storage, db };
  }

  begin(table: string | 'all', of: Kind[] = ['reads', 'writes']): void {
    this.#trouble = { table, of };
  }

  end(): void {
    this.#trouble = null;
  }

  #guard(connection: DatabaseConnection): DatabaseConnection {
    const executeQuery: DatabaseConnection['executeQuery'] = async (query) => {
      this.#check(query.query);
      return connection.executeQuery(query);
    };
    // Everything else is the connection's own: its driver keeps there what it knows of the transaction.
    return new Proxy(connection, {
      get(target, name) {
        if (name === 'executeQuery') return executeQuery;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  #check(node: OperationNode): void {
    const kind: Kind = node.kind === 'SelectQueryNode' ? 'reads' : 'writes';
    if (!this.#trouble?.of.includes(kind)) return;
    const { table } = this.#trouble;
    if (table !== 'all' && !tablesOf(node).includes(table)) return;
    this.refused++;
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  }
}

/** Makes a copy of a database with an executor of its own. */
const NOTHING: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => result,
};

function tablesOf(node: OperationNode): string[] {
  const tables: string[] = [];
  class Collector extends OperationNodeTransformer {
    protected override transformTable(table: TableNode): TableNode {
      tables.push(table.table.identifier.name);
      return table;
    }
  }
  new Collector().transformNode(node);
  return tables;
}
