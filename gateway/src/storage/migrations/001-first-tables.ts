import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/** Everything that the first version keeps. `blob` is the one type whose name differs between the databases. */
export function firstTables(dialect: Dialect): Migration {
  const blob = dialect === 'postgres' ? 'bytea' : 'blob';
  return {
    async up(db: Kysely<unknown>) {
      const schema = db.schema;
      await schema
        .createTable('meta')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('value', 'text', (c) => c.notNull())
        .execute();

      await schema
        .createTable('accounts')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull().unique())
        .addColumn('max_instances', 'integer')
        .addColumn('rate_limit_per_minute', 'integer', (c) => c.notNull())
        .addColumn('allowed_origins', 'text', (c) => c.notNull())
        .addColumn('suspended', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('token_hash', 'text', (c) => c.notNull())
        .addColumn('previous_token_hash', 'text')
        .addColumn('previous_token_expires_at', 'bigint')
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .execute();
      await schema.createIndex('accounts_token').unique().on('accounts').column('token_hash').execute();
      await schema
        .createIndex('accounts_previous_token')
        .on('accounts')
        .column('previous_token_hash')
        .execute();

      await schema
        .createTable('instances')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('token_lookup', 'text', (c) => c.notNull())
        .addColumn('token_sealed', blob, (c) => c.notNull())
        .addColumn('previous_token_lookup', 'text')
        .addColumn('previous_token_expires_at', 'bigint')
        .addColumn('desired', 'text', (c) => c.notNull())
        .addColumn('link', 'text', (c) => c.notNull())
        .addColumn('number_jid', 'text')
        .addColumn('lid', 'text')
        .addColumn('profile_name', 'text', (c) => c.notNull())
        .addColumn('profile_picture_url', 'text')
        .addColumn('is_business', 'integer', (c) => c.notNull())
        .addColumn('business_name', 'text', (c) => c.notNull())
        .addColumn('temp_banned_until', 'bigint')
        .addColumn('settings', 'text', (c) => c.notNull())
        .addColumn('proxy', 'text')
        .addColumn('proxy_password_sealed', blob)
        .addColumn('s3', 'text')
        .addColumn('s3_secret_key_sealed', blob)
        .addColumn('events_forgotten_to', 'text')
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .addUniqueConstraint('instances_name', ['account_id', 'name'])
        .execute();
      // Not unique: two accounts may choose the same custom token (resolved by the name in the path).
      await schema.createIndex('instances_token').on('instances').column('token_lookup').execute();
      await schema
        .createIndex('instances_previous_token')
        .on('instances')
        .column('previous_token_lookup')
        .execute();
      await schema.createIndex('instances_by_name').on('instances').column('name').execute();

      await schema
        .createTable('session_creds')
        .addColumn('instance_id', 'text', (c) =>
          c.primaryKey().references('instances.id').onDelete('cascade'),
        )
        .addColumn('creds_sealed', blob, (c) => c.notNull())
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .execute();
      await schema
        .createTable('session_keys')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('value_sealed', blob, (c) => c.notNull())
        .addPrimaryKeyConstraint('session_keys_pk', ['instance_id', 'kind', 'id'])
        .execute();

      await schema
        .createTable('inbox_journal')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('stanza', blob, (c) => c.notNull())
        .addColumn('received_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('inbox_journal_pk', ['instance_id', 'id'])
        .execute();

      await schema
        .createTable('contacts')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('jid', 'text')
        .addColumn('lid', 'text')
        .addColumn('push_name', 'text')
        .addColumn('saved_name', 'text')
        .addColumn('verified_name', 'text')
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .addUniqueConstraint('contacts_jid', ['instance_id', 'jid'])
        .addUniqueConstraint('contacts_lid', ['instance_id', 'lid'])
        .execute();

      await schema
        .createTable('messages')
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('chat', 'text', (c) => c.notNull())
        .addColumn('message_id', 'text', (c) => c.notNull())
        .addColumn('from_me', 'integer', (c) => c.notNull())
        .addColumn('sender', 'text')
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('content', 'text', (c) => c.notNull())
        .addColumn('status', 'text')
        .addColumn('error_code', 'integer')
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('is_group', 'integer', (c) => c.notNull())
        .addColumn('content_proto', blob, (c) => c.notNull())
        .addColumn('sent_at', 'bigint', (c) => c.notNull())
        .addColumn('stored_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('messages_pk', ['instance_id', 'chat', 'message_id', 'from_me'])
        .execute();
      await schema
        .createIndex('messages_by_id')
        .on('messages')
        .columns(['instance_id', 'message_id'])
        .execute();
      await schema
        .createIndex('messages_by_time')
        .on('messages')
        .columns(['instance_id', 'sent_at'])
        .execute();

      await schema
        .createTable('events')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('lane', 'text')
        .addColumn('dedupe_key', 'text')
        .addColumn('data', 'text', (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addUniqueConstraint('events_dedupe', ['instance_id', 'dedupe_key'])
        .execute();
      await schema.createIndex('events_by_instance').on('events').columns(['instance_id', 'id']).execute();

      await schema
        .createTable('webhooks')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('label', 'text', (c) => c.notNull())
        .addColumn('enabled', 'integer', (c) => c.notNull())
        .addColumn('url', 'text', (c) => c.notNull())
        .addColumn('authorization_sealed', blob)
        .addColumn('by_events', 'integer', (c) => c.notNull())
        .addColumn('events', 'text', (c) => c.notNull())
        .addColumn('media_base64', 'integer', (c) => c.notNull())
        .addColumn('include_token', 'integer', (c) => c.notNull())
        .addColumn('secret_sealed', blob, (c) => c.notNull())
        .addColumn('previous_secret_sealed', blob)
        .addColumn('previous_secret_expires_at', 'bigint')
        .addColumn('disabled_reason', 'text')
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .addUniqueConstraint('webhooks_label', ['instance_id', 'label'])
        .execute();
      await schema
        .createTable('websockets')
        .addColumn('instance_id', 'text', (c) =>
          c.primaryKey().references('instances.id').onDelete('cascade'),
        )
        .addColumn('enabled', 'integer', (c) => c.notNull())
        .addColumn('events', 'text', (c) => c.notNull())
        .addColumn('media_base64', 'integer', (c) => c.notNull())
        .addColumn('updated_at', 'bigint', (c) => c.notNull())
        .execute();

      await schema
        .createTable('deliveries')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('event_id', 'text', (c) => c.notNull())
        .addColumn('webhook_id', 'text', (c) => c.notNull().references('webhooks.id').onDelete('cascade'))
        .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.id').onDelete('cascade'))
        .addColumn('event_kind', 'text', (c) => c.notNull())
        .addColumn('lane', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('next_attempt_at', 'bigint')
        .addColumn('claim_id', 'text')
        .addColumn('claimed_until', 'bigint')
        .addColumn('http_status', 'integer')
        .addColumn('error', 'text')
        .addColumn('replayed', 'integer', (c) => c.notNull())
        .addColumn('body_sealed', blob, (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('last_attempt_at', 'bigint')
        .addColumn('ended_at', 'bigint')
        .addUniqueConstraint('deliveries_once', ['webhook_id', 'event_id'])
        .execute();
      // The courier looks at what is pending only: partial indexes stay small however much history is kept.
      await schema
        .createIndex('deliveries_first')
        .on('deliveries')
        .columns(['webhook_id', 'event_id'])
        .where(sql<boolean>`status = 'pending' and attempts = 0 and replayed = 0`)
        .execute();
      await schema
        .createIndex('deliveries_replay')
        .on('deliveries')
        .columns(['webhook_id', 'event_id'])
        .where(sql<boolean>`status = 'pending' and attempts = 0 and replayed = 1`)
        .execute();
      await schema
        .createIndex('deliveries_retry')
        .on('deliveries')
        .columns(['webhook_id', 'next_attempt_at'])
        .where(sql<boolean>`status = 'pending' and attempts > 0`)
        .execute();
      await schema
        .createIndex('deliveries_by_status')
        .on('deliveries')
        .columns(['instance_id', 'status', 'id'])
        .execute();
      await schema
        .createIndex('deliveries_by_end')
        .on('deliveries')
        .columns(['status', 'ended_at'])
        .where(sql<boolean>`ended_at is not null`)
        .execute();

      await schema
        .createTable('idempotency_keys')
        .addColumn('principal', 'text', (c) => c.notNull())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('fingerprint', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('owner', 'text', (c) => c.notNull())
        .addColumn('status', 'integer')
        .addColumn('body', 'text')
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('idempotency_keys_pk', ['principal', 'key'])
        .execute();
      await schema
        .createIndex('idempotency_keys_by_age')
        .on('idempotency_keys')
        .column('created_at')
        .execute();
    },
  };
}
