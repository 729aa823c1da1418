import { randomUUID } from 'node:crypto';
import type { Updateable } from 'kysely';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { Queries } from '../storage/queries.ts';
import type { InstanceTable } from '../storage/schema/tenancy.ts';
import type { InstanceRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import type { AccessWatcher } from '../tenancy/access-watcher.ts';
import { lockAccount } from '../tenancy/account-rows.ts';
import { rotateToken } from '../tenancy/rotate-token.ts';
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
import { isTokenHeld, siblingsOf } from './siblings.ts';

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

/**
 * Instances as rows: their configuration, without their connections. Throws `instance_unknown`, `instance_name_taken`,
 * `token_taken`, `quota_exceeded`.
 */
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
      const account = await lockAccount(trx, accountId);
      const siblings = await siblingsOf(trx, accountId);
      if (account.max_instances !== null && siblings.length >= account.max_instances) {
        throw failure('quota_exceeded');
      }
      if (siblings.some(({ name }) => name === fresh.name)) throw failure('instance_name_taken');
      if (isTokenHeld(lookup(token), account, siblings, now)) throw failure('token_taken');
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
    const { seal, lookup, watcher } = this.#options;
    const { id, account_id: accountId } = instance;
    const token = wanted ?? mintToken('instance');
    const previousExpiresAt = await rotateToken(
      {
        principal: `instance:${id}`,
        graceSeconds,
        async read(trx, now) {
          const account = await lockAccount(trx, accountId);
          const siblings = await siblingsOf(trx, accountId);
          const row = siblings.find((sibling) => sibling.id === id);
          if (!row) throw failure('instance_unknown');
          if (isTokenHeld(lookup(token), account, siblings, now)) throw failure('token_taken');
          return {
            current: row.token_lookup,
            previous: row.previous_token_lookup,
            previousExpiresAt: row.previous_token_expires_at,
          };
        },
        async write(trx, { previous, previousExpiresAt }, now) {
          const columns = {
            token_lookup: lookup(token),
            token_sealed: seal.seal(token, tokenContext(id)),
            previous_token_lookup: previous,
            previous_token_expires_at: previousExpiresAt,
            updated_at: now,
          };
          await trx.updateTable('instances').set(columns).where('id', '=', id).execute();
        },
      },
      this.#options,
    );
    watcher.instanceChanged(id);
    return { token, previousExpiresAt };
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
