import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { AccountRow, InstanceRow } from '../storage/schema.ts';
import { isUniqueViolation } from '../storage/violations.ts';
import type { AccessWatcher } from './access-watcher.ts';
import { rotation } from './rotation.ts';
import { mintToken, type TokenLookup } from './tokens.ts';

/** An account as operators see it. */
export interface AccountView {
  id: string;
  name: string;
  /** null = unlimited */
  maxInstances: number | null;
  instanceCount: number;
  rateLimitPerMinute: number;
  allowedOrigins: string[];
  suspended: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface AccountSettings {
  name: string;
  maxInstances: number | null;
  rateLimitPerMinute: number;
  allowedOrigins: string[];
}

/** Fields that are left out (or undefined) keep their value. */
export type AccountPatch = { [K in keyof AccountSettings]?: AccountSettings[K] | undefined } & {
  suspended?: boolean | undefined;
};

export const DEFAULT_MAX_INSTANCES = 10;

export interface AccountsOptions {
  db: Queries;
  clock: Clock;
  lookup: TokenLookup;
  watcher: AccessWatcher;
  /** Requests a minute of accounts that are made without a limit of their own. */
  rateLimitPerMinute: number;
  /** Takes an instance away with everything that it has. */
  removeInstance(instance: InstanceRow): Promise<void>;
}

/** The accounts of the installation. Throws the contract's failures. */
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
    return { account: view(row, 0), token };
  }

  /** Oldest first. */
  async list(): Promise<AccountView[]> {
    const rows = await withCount(this.#options.db).orderBy('created_at').orderBy('id').execute();
    return rows.map((row) => view(row, row.instance_count));
  }

  async show(id: string): Promise<AccountView> {
    const row = await withCount(this.#options.db).where('id', '=', id).executeTakeFirst();
    if (!row) throw failure('account_unknown');
    return view(row, row.instance_count);
  }

  async update(id: string, patch: AccountPatch): Promise<AccountView> {
    const { db, clock, watcher } = this.#options;
    const before = await refusingTakenName(
      db.transaction().execute(async (trx) => {
        const row = await locked(trx, id, clock.now());
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
    const { db, clock, lookup, watcher } = this.#options;
    const token = mintToken('account');
    const now = clock.now();
    const { previousExpiresAt, ended } = await db.transaction().execute(async (trx) => {
      const row = await locked(trx, id, now);
      const tokens = {
        current: row.token_hash,
        previous: row.previous_token_hash,
        previousExpiresAt: row.previous_token_expires_at,
      };
      const turn = rotation(tokens, graceSeconds, now);
      await trx
        .updateTable('accounts')
        .set({
          token_hash: lookup(token),
          previous_token_hash: turn.previous,
          previous_token_expires_at: turn.previousExpiresAt,
        })
        .where('id', '=', id)
        .execute();
      return turn;
    });
    for (const { lookup: hash, at } of ended) watcher.tokenEnded(`account:${id}`, hash, at);
    return {
      account: await this.show(id),
      token,
      previousTokenExpiresAt: previousExpiresAt === null ? null : timestamp(previousExpiresAt),
    };
  }

  /** `force` takes its instances away first, each as its own deletion would. */
  async delete(id: string, { force }: { force: boolean }): Promise<void> {
    const { db, clock, removeInstance, watcher } = this.#options;
    await this.show(id);
    if (force) for (const instance of await instancesOf(db, id)) await removeInstance(instance);
    const hash = await db.transaction().execute(async (trx) => {
      const row = await locked(trx, id, clock.now());
      if ((await instancesOf(trx, id)).length > 0) throw failure('account_has_instances');
      await trx.deleteFrom('idempotency_keys').where('principal', '=', `account:${id}`).execute();
      await trx.deleteFrom('accounts').where('id', '=', id).execute();
      return row.token_hash;
    });
    watcher.tokenEnded(`account:${id}`, hash, clock.now());
  }
}

/**
 * Reads an account for a change, `now` being the time of that change. The write comes first because it takes the
 * row's lock on both databases: whoever counts or compares after it, does so alone.
 */
export async function locked(trx: DatabaseTransaction, id: string, now?: number): Promise<AccountRow> {
  const row = await trx
    .updateTable('accounts')
    .set((e) => ({ updated_at: now ?? e.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw failure('account_unknown');
  return row;
}

function instancesOf(db: Queries, accountId: string): Promise<InstanceRow[]> {
  return db.selectFrom('instances').selectAll().where('account_id', '=', accountId).execute();
}

function withCount(db: Queries) {
  return db
    .selectFrom('accounts')
    .selectAll()
    .select((e) =>
      e
        .selectFrom('instances')
        .whereRef('instances.account_id', '=', 'accounts.id')
        .select((count) => count.fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('instance_count'),
    );
}

function columnsOf(patch: AccountPatch) {
  return {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.maxInstances === undefined ? {} : { max_instances: patch.maxInstances }),
    ...(patch.rateLimitPerMinute === undefined ? {} : { rate_limit_per_minute: patch.rateLimitPerMinute }),
    ...(patch.allowedOrigins === undefined ? {} : { allowed_origins: JSON.stringify(patch.allowedOrigins) }),
    ...(patch.suspended === undefined ? {} : { suspended: Number(patch.suspended) }),
  };
}

async function refusingTakenName<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? failure('account_name_taken', undefined, error) : error;
  }
}

function view(row: AccountRow, instanceCount: number): AccountView {
  return {
    id: row.id,
    name: row.name,
    maxInstances: row.max_instances,
    instanceCount,
    rateLimitPerMinute: row.rate_limit_per_minute,
    allowedOrigins: JSON.parse(row.allowed_origins),
    suspended: row.suspended === 1,
    createdAt: timestamp(row.created_at),
    updatedAt: timestamp(row.updated_at),
  };
}
