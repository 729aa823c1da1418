import { timestamp } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { AccountRow, InstanceRow } from '../storage/schema.ts';

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

/**
 * Reads an account for a change, `now` being the time of that change. The write comes first because it takes the
 * row's lock on both databases: what is counted or compared after it stays true until the commit.
 */
export async function lockAccount(trx: DatabaseTransaction, id: string, now?: number): Promise<AccountRow> {
  const row = await trx
    .updateTable('accounts')
    .set((e) => ({ updated_at: now ?? e.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw failure('account_unknown');
  return row;
}

/** Every instance of an account. */
export function instancesOf(db: Queries, accountId: string): Promise<InstanceRow[]> {
  return db.selectFrom('instances').selectAll().where('account_id', '=', accountId).execute();
}

/** Reads accounts with the number of their instances (`instance_count`). */
export function withCount(db: Queries) {
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

/** The columns that a patch changes. */
export function columnsOf(patch: AccountPatch) {
  return {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.maxInstances === undefined ? {} : { max_instances: patch.maxInstances }),
    ...(patch.rateLimitPerMinute === undefined ? {} : { rate_limit_per_minute: patch.rateLimitPerMinute }),
    ...(patch.allowedOrigins === undefined ? {} : { allowed_origins: JSON.stringify(patch.allowedOrigins) }),
    ...(patch.suspended === undefined ? {} : { suspended: Number(patch.suspended) }),
  };
}

/** An account as the API shows it. */
export function accountView(row: AccountRow, instanceCount: number): AccountView {
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
