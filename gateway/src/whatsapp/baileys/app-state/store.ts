import { inParts } from '../../../storage/in-parts.ts';
import { query } from '../../../storage/prepared.ts';
import type { DatabaseTransaction, Queries } from '../../../storage/queries.ts';
import type { Advance, Held } from './collection.ts';

const ENTRIES_PER_QUERY = 200;

/** A handful of rows, asked for at every connection. */
const collections = query((db, { instanceId }: { instanceId: string }) =>
  db.selectFrom('app_state').select(['collection', 'version', 'hash']).where('instance_id', '=', instanceId),
);

/** What one instance has read of its app state. */
export class AppStateStore {
  readonly #db: Queries;
  readonly #instanceId: string;

  constructor({ db, instanceId }: { db: Queries; instanceId: string }) {
    this.#db = db;
    this.#instanceId = instanceId;
  }

  /** What is held of these collections; one that was never read is left out. */
  async held(names: readonly string[]): Promise<Map<string, Held>> {
    const { rows } = await collections(this.#db, { instanceId: this.#instanceId });
    const wanted = rows.filter(({ collection }) => names.includes(collection));
    return new Map(
      wanted.map(({ collection, version, hash }) => {
        const valueMacs: Held['valueMacs'] = (indexMacs) => this.#valueMacs(collection, indexMacs);
        return [collection, { version, hash, valueMacs }];
      }),
    );
  }

  /** Notes a step, in the transaction that keeps what it says. */
  async save(
    trx: DatabaseTransaction,
    { name, version, hash, entries, fromScratch }: Advance,
  ): Promise<void> {
    const key = { instance_id: this.#instanceId, collection: name };
    await trx
      .insertInto('app_state')
      .values({ ...key, version, hash })
      .onConflict((conflict) =>
        conflict.columns(['instance_id', 'collection']).doUpdateSet({ version, hash }),
      )
      .execute();
    const before = trx
      .deleteFrom('app_state_entries')
      .where('instance_id', '=', this.#instanceId)
      .where('collection', '=', name);
    const changed = [...entries];
    if (fromScratch) await before.execute();
    for (const part of inParts(changed, ENTRIES_PER_QUERY)) {
      const indexes = part.map(([index]) => index);
      if (!fromScratch) await before.where('index_mac', 'in', indexes).execute();
      const rows = part.flatMap(([index_mac, value_mac]) =>
        value_mac ? [{ ...key, index_mac, value_mac }] : [],
      );
      if (rows.length > 0) await trx.insertInto('app_state_entries').values(rows).execute();
    }
  }

  async #valueMacs(name: string, indexMacs: string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const part of inParts(indexMacs)) {
      const rows = await this.#db
        .selectFrom('app_state_entries')
        .select(['index_mac', 'value_mac'])
        .where('instance_id', '=', this.#instanceId)
        .where('collection', '=', name)
        .where('index_mac', 'in', part)
        .execute();
      for (const { index_mac, value_mac } of rows) found.set(index_mac, value_mac);
    }
    return found;
  }
}

/** Forgets what was read: the next device of the instance has other keys. */
export async function forgetAppState(trx: DatabaseTransaction, instanceId: string): Promise<void> {
  await trx.deleteFrom('app_state').where('instance_id', '=', instanceId).execute();
  await trx.deleteFrom('app_state_entries').where('instance_id', '=', instanceId).execute();
}
