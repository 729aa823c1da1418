import { randomUUID } from 'node:crypto';
import type { Updateable } from 'kysely';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { InstanceTable } from '../storage/schema/tenancy.ts';
import type { AccountRow, InstanceRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import type { AccessWatcher } from '../tenancy/access-watcher.ts';
import { locked } from '../tenancy/accounts.ts';
import { rotation } from '../tenancy/rotation.ts';
import { mintToken, type TokenLookup } from '../tenancy/tokens.ts';
import { type ProxySettings, proxyColumns } from './proxy.ts';
import { type S3Settings, s3Columns } from './s3.ts';
import {
  DEFAULT_SETTINGS,
  type InstanceSettings,
  patched,
  type SettingsPatch,
  settingsOf,
} from './settings.ts';

export interface NewInstance {
  name: string;
  /** undefined: one is minted. */
  token: string | undefined;
  settings: SettingsPatch;
  proxy: ProxySettings | null;
  s3: { settings: S3Settings; secretKey: string } | null;
}

export interface RecordsOptions {
  db: Queries;
  seal: Seal;
  clock: Clock;
  lookup: TokenLookup;
  watcher: AccessWatcher;
}

/** Instances as rows: what is configured, whoever is connected. Throws the contract's failures. */
export class InstanceRecords {
  readonly #options: RecordsOptions;

  constructor(options: RecordsOptions) {
    this.#options = options;
  }

  /** Quota, name and token are checked under the account's lock, so parallel calls cannot pass them together. */
  async create(accountId: string, fresh: NewInstance): Promise<InstanceRow> {
    const { db, seal, clock, lookup } = this.#options;
    const now = clock.now();
    const id = randomUUID();
    const token = fresh.token ?? mintToken('instance');
    return db.transaction().execute(async (trx) => {
      const account = await locked(trx, accountId);
      const siblings = await siblingsOf(trx, accountId);
      if (account.max_instances !== null && siblings.length >= account.max_instances) {
        throw failure('quota_exceeded');
      }
      if (siblings.some(({ name }) => name === fresh.name)) throw failure('instance_name_taken');
      if (isHeld(lookup(token), account, siblings, now)) throw failure('token_taken');
      return trx
        .insertInto('instances')
        .values({
          id,
          account_id: accountId,
          name: fresh.name,
          token_lookup: lookup(token),
          token_sealed: seal.seal(token, tokenContext(id)),
          desired: 'stopped',
          link: 'never',
          profile_name: '',
          is_business: 0,
          business_name: '',
          settings: JSON.stringify(patched(DEFAULT_SETTINGS, fresh.settings)),
          ...proxyColumns(seal, id, fresh.proxy),
          ...s3Columns(seal, id, fresh.s3),
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  async rotateToken(
    instance: InstanceRow,
    { token: wanted, graceSeconds }: { token: string | undefined; graceSeconds: number },
  ): Promise<{ token: string; previousExpiresAt: number | null }> {
    const { db, seal, clock, lookup, watcher } = this.#options;
    const { id, account_id: accountId } = instance;
    const token = wanted ?? mintToken('instance');
    const now = clock.now();
    const turn = await db.transaction().execute(async (trx) => {
      const account = await locked(trx, accountId);
      const siblings = await siblingsOf(trx, accountId);
      const row = siblings.find((sibling) => sibling.id === id);
      if (!row) throw failure('instance_unknown');
      if (isHeld(lookup(token), account, siblings, now)) throw failure('token_taken');
      const tokens = {
        current: row.token_lookup,
        previous: row.previous_token_lookup,
        previousExpiresAt: row.previous_token_expires_at,
      };
      const next = rotation(tokens, graceSeconds, now);
      await trx
        .updateTable('instances')
        .set({
          token_lookup: lookup(token),
          token_sealed: seal.seal(token, tokenContext(id)),
          previous_token_lookup: next.previous,
          previous_token_expires_at: next.previousExpiresAt,
          updated_at: now,
        })
        .where('id', '=', id)
        .execute();
      return next;
    });
    watcher.instanceChanged(id);
    for (const { lookup: hash, at } of turn.ended) watcher.tokenEnded(`instance:${id}`, hash, at);
    return { token, previousExpiresAt: turn.previousExpiresAt };
  }

  async updateSettings(instanceId: string, patch: SettingsPatch): Promise<InstanceRow> {
    return this.#change(instanceId, (row) => {
      const settings: InstanceSettings = patched(settingsOf(row), patch);
      return { settings: JSON.stringify(settings) };
    });
  }

  async setProxy(instanceId: string, proxy: ProxySettings | null): Promise<InstanceRow> {
    return this.#change(instanceId, () => proxyColumns(this.#options.seal, instanceId, proxy));
  }

  /** `secretKey` undefined keeps the stored one; `SecretKey is required` when there is none. */
  async setS3(
    instanceId: string,
    s3: { settings: S3Settings; secretKey: string | undefined } | null,
  ): Promise<InstanceRow> {
    return this.#change(instanceId, (row) => {
      if (s3 && s3.secretKey === undefined && row.s3_secret_key_sealed === null) {
        throw failure('field_required', { field: 'SecretKey' });
      }
      return s3Columns(this.#options.seal, instanceId, s3);
    });
  }

  /** Sessions, messages, webhooks and deliveries go with the row. */
  async delete(instance: InstanceRow): Promise<void> {
    const { db, watcher } = this.#options;
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('idempotency_keys').where('principal', '=', `instance:${instance.id}`).execute();
      await trx.deleteFrom('instances').where('id', '=', instance.id).execute();
    });
    watcher.instanceDeleted(instance.id);
  }

  /** The first write takes the row's lock, so that a change that depends on the row sees its newest state. */
  async #change(id: string, columns: (row: InstanceRow) => Updateable<InstanceTable>): Promise<InstanceRow> {
    const { db, clock, watcher } = this.#options;
    const changed = await db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('instances')
        .set({ updated_at: clock.now() })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw failure('instance_unknown');
      return trx
        .updateTable('instances')
        .set(columns(row))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    watcher.instanceChanged(id);
    return changed;
  }
}

export function tokenContext(instanceId: string): string {
  return `instance:${instanceId}:token`;
}

type Sibling = Pick<
  InstanceRow,
  'id' | 'name' | 'token_lookup' | 'previous_token_lookup' | 'previous_token_expires_at'
>;

function siblingsOf(trx: DatabaseTransaction, accountId: string): Promise<Sibling[]> {
  return trx
    .selectFrom('instances')
    .select(['id', 'name', 'token_lookup', 'previous_token_lookup', 'previous_token_expires_at'])
    .where('account_id', '=', accountId)
    .execute();
}

/** Whether a token is in use within the account: by an instance, now or in its grace period, or by the account itself. */
function isHeld(lookup: string, account: AccountRow, siblings: Sibling[], now: number): boolean {
  const inGrace = (expiresAt: number | null) => expiresAt !== null && now < expiresAt;
  return (
    account.token_hash === lookup ||
    (account.previous_token_hash === lookup && inGrace(account.previous_token_expires_at)) ||
    siblings.some(
      (row) =>
        row.token_lookup === lookup ||
        (row.previous_token_lookup === lookup && inGrace(row.previous_token_expires_at)),
    )
  );
}
