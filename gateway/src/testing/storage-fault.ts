import { type KyselyPlugin, type OperationNode, OperationNodeTransformer, type TableNode } from 'kysely';
import type { TestStorage } from '../storage/testing.ts';

type Kind = 'reads' | 'writes';

/** Tables and what of them fails; `all` stands for every table. */
type Trouble = { table: string | 'all'; of: Kind[] };

/** A database that refuses what it is told to refuse, as one that cannot be reached. */
export class StorageFault {
  /** How many queries it refused. */
  refused = 0;
  #trouble: Trouble | null = null;

  /** The same database, seen through this fault. */
  over(storage: TestStorage): TestStorage {
    return { ...storage, db: storage.db.withPlugin(this.#plugin()) };
  }

  begin(table: string | 'all', of: Kind[] = ['reads', 'writes']): void {
    this.#trouble = { table, of };
  }

  end(): void {
    this.#trouble = null;
  }

  #plugin(): KyselyPlugin {
    return {
      transformQuery: ({ node }) => {
        this.#check(node);
        return node;
      },
      transformResult: async ({ result }) => result,
    };
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
