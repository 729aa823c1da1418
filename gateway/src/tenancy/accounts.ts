import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../clock.ts';
import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceRow } from '../storage/schema.ts';
import { isUniqueViolation } from '../storage/violations.ts';
import type { AccessWatcher } from './access-watcher.ts';
import {
  type AccountPatch,
  type AccountView,
  accountView,
  columnsOf,
  instancesOf,
  lockAccount,
  withCount,
} from './account-rows.ts';
import { rotateToken } from './rotate-token.ts';
import { mintToken, type TokenLookup } from './tokens.ts';

export const DEFAULT_MAX_INSTANCES = 10;

export interface AccountsOptions {
  db: Queries;
  clock: Clock;
  lookup: TokenLookup;
  watcher: AccessWatcher;
  /** Requests a minute of accounts that are created without a limit of their own. */
  rateLimitPerMinute: number;
  /** Deletes an instance with everything that it has. */
  removeInstance(instance: InstanceRow): Promise<void>;
}

/** The accounts of the installation. Throws `account_unknown`, `account_name_taken`, `account_has_instances`. */
export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** The token is in no other answer: only its hash is kept. */
  async create(settings: AccountPatch & { name: string }): Promise<{ account: AccountView; token: string }> {
    const { db, clock, lookup, rateLimitPerMinute } = this.#options;
    const token = mintToken('account');
    const now = clock.now();
    const row = {
      id: randomUUID(),
      name: settings.name,
      max_instances: settings.maxInstances === undefined ? DEFAULT_MAX_INSTANCES : settings.maxInstances,
      rate_limit_per_minute: settings.rateLimitPerMinute ?? rateLimitPerMinute,
      allowed_origins: JSON.stringify(settings.allowedOrigins ?? []),
      suspended: 0,
      token_hash: lookup(token),
      previous_token_hash: null,
      previous_token_expires_at: null,
      created_at: now,
      updated_at: now,
    };
    await refusingTakenName(db.insertInto('accounts').values(row).execute());
    return { account: accountView(row, 0), token };
  }

  /** Oldest first. */
  async list(): Promise<AccountView[]> {
    const rows = await withCount(this.#options.db).orderBy('created_at').orderBy('id').execute();
    return rows.map((row) => accountView(row, row.instance_count));
  }

  async show(id: string): Promise<AccountView> {
    const row = await withCount(this.#options.db).where('id', '=', id).executeTakeFirst();
    if (!row) throw failure('account_unknown');
    return accountView(row, row.instance_count);
  }

  async update(id: string, patch: AccountPatch): Promise<AccountView> {
    const { db, clock, watcher } = this.#options;
    const before = await refusingTakenName(
      db.transaction().execute(async (trx) => {
        const row = await lockAccount(trx, id, clock.now());
        await trx.updateTable('accounts').set(columnsOf(patch)).where('id', '=', id).execute();
        return row;
      }),
    );
    if (patch.suspended === true && before.suspended === 0) await watcher.accountSuspended(id);
    if (patch.suspended === false && before.suspended === 1) await watcher.accountResumed(id);
    return this.show(id);
  }

  async rotateToken(
    id: string,
    graceSeconds: number,
  ): Promise<{ account: AccountView; token: string; previousTokenExpiresAt: string | null }> {
    const { lookup } = this.#options;
    const token = mintToken('account');
    const previousExpiresAt = await rotateToken(
      {
        principal: `account:${id}`,
        graceSeconds,
        async read(trx, now) {
          const row = await lockAccount(trx, id, now);
          return {
            current: row.token_hash,
            previous: row.previous_token_hash,
            previousExpiresAt: row.previous_token_expires_at,
          };
        },
        async write(trx, { previous, previousExpiresAt }) {
          const columns = {
            token_hash: lookup(token),
            previous_token_hash: previous,
            previous_token_expires_at: previousExpiresAt,
          };
          await trx.updateTable('accounts').set(columns).where('id', '=', id).execute();
        },
      },
      this.#options,
    );
    return {
      account: await this.show(id),
      token,
      previousTokenExpiresAt: previousExpiresAt === null ? null : timestamp(previousExpiresAt),
    };
  }

  /** `force` deletes its instances first, each as its own deletion would. */
  async delete(id: string, { force }: { force: boolean }): Promise<void> {
    const { db, clock, removeInstance, watcher } = this.#options;
    await this.show(id);
    if (force) for (const instance of await instancesOf(db, id)) await removeInstance(instance);
    const hash = await db.transaction().execute(async (trx) => {
      const row = await lockAccount(trx, id, clock.now());
      if ((await instancesOf(trx, id)).length > 0) throw failure('account_has_instances');
      await trx.deleteFrom('idempotency_keys').where('principal', '=', `account:${id}`).execute();
      await trx.deleteFrom('accounts').where('id', '=', id).execute();
      return row.token_hash;
    });
    watcher.tokenEnded(`account:${id}`, hash, clock.now());
  }
}

async function refusingTakenName<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? failure('account_name_taken', undefined, error) : error;
  }
}
