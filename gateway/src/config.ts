import { resolve } from 'node:path';
import { settings, type Values } from './config/settings.ts';
import type { MediaLimits } from './instances/media/create.ts';
import type { DatabaseTarget } from './storage/database.ts';
import type { VersionNumbers } from './whatsapp/client-version.ts';
import type { SandboxMedia } from './whatsapp/media/network.ts';

const MEGABYTE = 1024 * 1024;

export interface Config {
  port: number;
  host: string;
  dataDir: string;
  database: DatabaseTarget;
  encryptionKey: Buffer | null;
  adminToken: string | null;
  publicUrl: string | null;
  allowedOrigins: string[];
  allowedPrivateRanges: Values['ALLOW_PRIVATE_URLS'];
  /** CIDR */
  trustedProxies: string[];
  httpsOnly: boolean;
  failedLoginsPerMinute: number;
  rateLimitPerMinute: number;
  /** 0 = no event log. */
  eventLogDays: number;
  /** 0 = messages are kept for ever. */
  messageDays: number;
  mediaWaitMs: number;
  media: MediaLimits;
  logLevel: string;
  /** null = the engine's own. */
  whatsAppVersion: VersionNumbers | null;
  /** Set when this installation talks to a sandbox instead of WhatsApp. */
  sandbox: { url: string; rootKey: Buffer; media: SandboxMedia | null } | null;
}

/** A wrong setting: one line that names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads the environment. An empty value counts as not set. Throws `ConfigError`. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const values = Object.fromEntries(
    Object.entries(settings).map(([name, { schema, fallback }]) => {
      const text = env[name] || fallback;
      if (text === null || text === undefined) return [name, null];
      const parsed = schema.safeParse(text);
      if (parsed.success) return [name, parsed.data];
      throw new ConfigError(`${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
    }),
  ) as Values;

  const dataDir = resolve(values.DATA_DIR);
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir,
    database: values.DATABASE_URL
      ? { dialect: 'postgres', url: values.DATABASE_URL }
      : { dialect: 'sqlite', file: resolve(dataDir, 'gateway.db') },
    encryptionKey: values.ENCRYPTION_KEY,
    adminToken: values.ADMIN_TOKEN,
    publicUrl: values.PUBLIC_URL,
    allowedOrigins: values.ALLOWED_ORIGINS,
    allowedPrivateRanges: values.ALLOW_PRIVATE_URLS,
    trustedProxies: values.TRUSTED_PROXIES,
    httpsOnly: values.HTTPS_ONLY,
    failedLoginsPerMinute: values.FAILED_LOGINS_PER_MINUTE,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    eventLogDays: values.EVENT_LOG_DAYS,
    messageDays: values.MESSAGE_RETENTION_DAYS,
    mediaWaitMs: values.MEDIA_WAIT_SECONDS * 1_000,
    media: {
      days: values.MEDIA_RETENTION_DAYS,
      folderBytes: values.MEDIA_FOLDER_MB * MEGABYTE,
      fileBytes: values.MEDIA_FILE_MB * MEGABYTE,
    },
    logLevel: values.LOG_LEVEL,
    whatsAppVersion: values.WHATSAPP_VERSION,
    sandbox: sandboxOf(values),
  };
}

function sandboxOf(values: Values): Config['sandbox'] {
  const { WHATSAPP_URL: url, WHATSAPP_ROOT_KEY: rootKey } = values;
  const { WHATSAPP_MEDIA_HOST: address, WHATSAPP_MEDIA_CA: ca } = values;
  if (address && !ca) throw new ConfigError('WHATSAPP_MEDIA_CA is required with WHATSAPP_MEDIA_HOST');
  if (ca && !address) throw new ConfigError('WHATSAPP_MEDIA_HOST is required with WHATSAPP_MEDIA_CA');
  if (address && !url) throw new ConfigError('WHATSAPP_URL is required with WHATSAPP_MEDIA_HOST');
  const media = address && ca ? { ...address, ca } : null;
  if (url && rootKey) return { url, rootKey: Buffer.from(rootKey, 'hex'), media };
  if (url) throw new ConfigError('WHATSAPP_ROOT_KEY is required with WHATSAPP_URL');
  if (rootKey) throw new ConfigError('WHATSAPP_URL is required with WHATSAPP_ROOT_KEY');
  return null;
}
