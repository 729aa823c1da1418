export interface MetaTable {
  key: string;
  value: string;
}

export interface AccountTable {
  id: string;
  name: string;
  /** null = unlimited */
  max_instances: number | null;
  rate_limit_per_minute: number;
  /** JSON string[] */
  allowed_origins: string;
  suspended: number;
  token_hash: string;
  previous_token_hash: string | null;
  previous_token_expires_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface InstanceTable {
  id: string;
  account_id: string;
  name: string;
  token_lookup: string;
  token_sealed: Uint8Array;
  previous_token_lookup: string | null;
  previous_token_expires_at: number | null;
  /** What the supervisor works towards: `running` instances are brought back after a restart. */
  desired: 'running' | 'stopped';
  /** `linked` = a saved session exists. Whether it is open right now is the supervisor's knowledge, never a column. */
  link: 'never' | 'linked' | 'loggedout';
  number_jid: string | null;
  lid: string | null;
  profile_name: string;
  profile_picture_url: string | null;
  is_business: number;
  business_name: string;
  temp_banned_until: number | null;
  /** JSON of `InstanceSettings` */
  settings: string;
  /** JSON of the proxy without its password; null = none */
  proxy: string | null;
  proxy_password_sealed: Uint8Array | null;
  /** JSON of the S3 settings without the secret key; null = none */
  s3: string | null;
  s3_secret_key_sealed: Uint8Array | null;
  /** `connect?history=` of the link: days, 0 = no limit; null = not asked for, the setting counts. */
  history_days: number | null;
  /** The newest event that has left the event log; a cursor before it has missed something. */
  events_forgotten_to: string | null;
  created_at: number;
  updated_at: number;
}

export interface IdempotencyTable {
  /** `account:<id>` or `instance:<id>` */
  principal: string;
  key: string;
  /** Hash of method, path and body. */
  fingerprint: string;
  state: 'running' | 'done';
  /** Process that runs it: a `running` row of another process has an unknown outcome. */
  owner: string;
  /** Answer of a `done` row. */
  status: number | null;
  body: string | null;
  /** The message that it sent, or tried to. */
  message_id: string | null;
  created_at: number;
}
