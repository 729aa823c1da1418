import type { Clock } from '../clock.ts';
import { cachedQuery } from '../storage/cached-query.ts';
import { query } from '../storage/prepared.ts';
import type { Queries } from '../storage/queries.ts';
import type { AccountRow, InstanceRow } from '../storage/schema.ts';
import type { Principal } from './principal.ts';
import { accountOf, type Holder, instanceOf } from './resolve.ts';
import { isMintedToken, type TokenLookup } from './tokens.ts';

const accountsByToken = query((db, { lookup }: { lookup: string }) =>
  db
    .selectFrom('accounts')
    .selectAll()
    .where((e) => e.or([e('token_hash', '=', lookup), e('previous_token_hash', '=', lookup)])),
);

const instancesByToken = query((db, { lookup }: { lookup: string }) =>
  db
    .selectFrom('instances')
    .selectAll()
    .where((e) => e.or([e('token_lookup', '=', lookup), e('previous_token_lookup', '=', lookup)])),
);

const accountById = query((db, { id }: { id: string }) =>
  db.selectFrom('accounts').selectAll().where('id', '=', id),
);

const ownedByName = query((db, { accountId, name }: { accountId: string; name: string }) =>
  db.selectFrom('instances').selectAll().where('account_id', '=', accountId).where('name', '=', name),
);

/**
 * Finds the holder of a token and the instances that an account owns. Its cached answers end with the next write to the
 * database, so a revoked token never opens anything.
 */
export class Directory {
  readonly #db: Queries;
  readonly #clock: Clock;
  readonly #accountsByToken: (lookup: string) => Promise<AccountRow[]>;
  readonly #holders: (lookup: string) => Promise<Holder[]>;
  readonly #owned: (accountId: string, name: string) => Promise<InstanceRow[]>;
  readonly lookup: TokenLookup;

  constructor(options: { db: Queries; clock: Clock; lookup: TokenLookup }) {
    const { db } = options;
    this.#db = db;
    this.#clock = options.clock;
    this.lookup = options.lookup;
    this.#accountsByToken = cachedQuery(db, async (lookup) => (await accountsByToken(db, { lookup })).rows);
    this.#holders = cachedQuery(db, async (lookup) => {
      const holders: Holder[] = [];
      for (const instance of (await instancesByToken(db, { lookup })).rows) {
        const [account] = (await accountById(db, { id: instance.account_id })).rows;
        if (account) holders.push({ instance, account });
      }
      return holders;
    });
    this.#owned = cachedQuery(
      db,
      async (accountId, name) => (await ownedByName(db, { accountId, name })).rows,
    );
  }

  /** `name`: the one instance named in the path, if any. null: the token has no holder. */
  async principal(token: string, lookup: string, name: string | null): Promise<Principal | null> {
    // Account tokens are always minted here, so any other value is not looked up among them.
    const account = isMintedToken('account', token) ? await this.#account(lookup) : null;
    return account ?? (await this.#instance(lookup, name));
  }

  async #account(lookup: string): Promise<Principal | null> {
    return accountOf(await this.#accountsByToken(lookup), lookup, this.#clock.now());
  }

  async #instance(lookup: string, name: string | null): Promise<Principal | null> {
    return instanceOf(await this.#holders(lookup), lookup, name, this.#clock.now());
  }

  /** Whether a principal's token is still valid; checked again for connections that stay open. */
  async stillValid(principal: Principal): Promise<boolean> {
    const found =
      principal.kind === 'account'
        ? await this.#account(principal.tokenLookup)
        : await this.#instance(principal.tokenLookup, principal.instance.name);
    if (found?.kind === 'instance' && principal.kind === 'instance') {
      return found.instance.id === principal.instance.id;
    }
    return found?.kind === principal.kind && found.account.id === principal.account.id;
  }

  /** The account's own instances of these names. */
  async owned(accountId: string, names: string[]): Promise<Map<string, InstanceRow>> {
    const [name, ...others] = names;
    const rows =
      name !== undefined && others.length === 0
        ? await this.#owned(accountId, name)
        : await this.#db
            .selectFrom('instances')
            .selectAll()
            .where('account_id', '=', accountId)
            .where('name', 'in', names)
            .execute();
    return new Map(rows.map((row) => [row.name, row]));
  }

  /** Which of these names exist in any account. */
  async taken(names: string[]): Promise<Set<string>> {
    const rows = await this.#db
      .selectFrom('instances')
      .select('name')
      .distinct()
      .where('name', 'in', names)
      .execute();
    return new Set(rows.map((row) => row.name));
  }

  /** Every origin that an account allows: a preflight has no token, so it is answered by all of them. */
  async allowedOrigins(): Promise<Set<string>> {
    const rows = await this.#db
      .selectFrom('accounts')
      .select('allowed_origins')
      .where('allowed_origins', '!=', '[]')
      .where('suspended', '=', 0)
      .execute();
    return new Set(rows.flatMap((row) => JSON.parse(row.allowed_origins) as string[]));
  }
}
