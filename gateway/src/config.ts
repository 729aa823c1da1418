import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { MediaLimits } from './instances/media/create.ts';
import { addressRanges } from './net/address-policy.ts';
import type { DatabaseTarget } from './storage/database.ts';
import type { SandboxMedia } from './whatsapp/media/network.ts';

/** A setting as the operator sees it: one table gives parsing, defaults, the reference page and the start-up log. */
interface Setting<S extends z.ZodType, F extends string | null = string | null> {
  schema: S;
  /** As written in the environment; null = not set. */
  fallback: F;
  help: string;
  secret?: true;
}

function setting<S extends z.ZodType, const F extends string | null>(
  definition: Setting<S, F>,
): Setting<S, F> {
  return definition;
}

const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number(`must be a whole number between ${min} and ${max}`)
    .int(`must be a whole number between ${min} and ${max}`)
    .min(min, `must be a whole number between ${min} and ${max}`)
    .max(max, `must be a whole number between ${min} and ${max}`);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const absoluteUrl = (protocols: string[]) =>
  z.string().refine(
    (text) => {
      const url = URL.parse(text);
      return url !== null && protocols.includes(url.protocol);
    },
    `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );

const KEY_BYTES = 32;
const encryptionKey = z.string().transform((text, context) => {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (bytes.length === KEY_BYTES) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes, written as 64 hexadecimal digits or in base64',
  });
  return z.NEVER;
});

const hostAndPort = z.string().transform((text, context) => {
  const url = /^[^/@?#]+:\d+$/.test(text) ? URL.parse(`tcp://${text}`) : null;
  if (url) return { host: url.hostname, port: Number(url.port) };
  context.addIssue({ code: 'custom', message: 'must be host:port' });
  return z.NEVER;
});

const readableFile = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read: ${(error as Error).message}` });
    return z.NEVER;
  }
});

const MIN_SECRET_LENGTH = 16;
const MEGABYTE = 1024 * 1024;

export const settings = {
  PORT: setting({
    schema: wholeNumber(0, 65_535),
    fallback: '8080',
    help: 'TCP port of HTTP and WebSocket; 0 takes a free one.',
  }),
  HOST: setting({
    schema: z.string().min(1, 'must not be empty'),
    fallback: '0.0.0.0',
    help: 'Address to listen on.',
  }),
  DATA_DIR: setting({
    schema: z.string().min(1, 'must not be empty'),
    fallback: './data',
    help: 'Folder of the SQLite database, of the generated encryption key, and of files that are on their way. Made with mode 0700.',
  }),
  DATABASE_URL: setting({
    schema: absoluteUrl(['postgres:', 'postgresql:']),
    fallback: null,
    secret: true,
    help: 'PostgreSQL to use. Not set: SQLite in the data folder.',
  }),
  ENCRYPTION_KEY: setting({
    schema: encryptionKey,
    fallback: null,
    secret: true,
    help:
      'Key that seals tokens, sessions and credentials at rest: 32 bytes as 64 hexadecimal digits or base64. ' +
      'Not set: made once as `encryption.key` in the data folder, mode 0600. Losing it means pairing every number again.',
  }),
  ADMIN_TOKEN: setting({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`),
    fallback: null,
    secret: true,
    help: 'Token of `/admin/*`. Not set: these routes do not exist.',
  }),
  PUBLIC_URL: setting({
    schema: absoluteUrl(['http:', 'https:']).transform((url) => url.replace(/\/+$/, '')),
    fallback: null,
    help: 'Base URL under which clients reach the gateway; `instanceData.baseUrl` of every event. Not set: `http://localhost:<port>`.',
  }),
  ALLOWED_ORIGINS: setting({
    schema: list.refine(
      (origins) => origins.every(isOrigin),
      'must be a comma list of scheme://host[:port], or *',
    ),
    fallback: '',
    help: 'Origins of browsers that may call the gateway: comma list of `scheme://host[:port]`, or `*`. An account’s own list replaces it.',
  }),
  ALLOW_PRIVATE_URLS: setting({
    schema: list.transform((ranges, context) => {
      const parsed = addressRanges(ranges);
      if (parsed) return parsed;
      context.addIssue({ code: 'custom', message: 'must be a comma list of CIDR ranges like 10.0.0.0/8' });
      return z.NEVER;
    }),
    fallback: '',
    help: 'Private address ranges (comma list of CIDR) that webhooks, media, proxies and S3 endpoints of tenants may point to.',
  }),
  TRUSTED_PROXIES: setting({
    schema: list.refine(
      (ranges) => addressRanges(ranges)?.every(([, bits]) => bits > 0),
      'must be a comma list of CIDR ranges like 10.0.0.0/8',
    ),
    fallback: '',
    help: 'Addresses (comma list of CIDR) of the proxies in front of the gateway: their `X-Forwarded-For` and `X-Forwarded-Proto` are believed, nobody else’s.',
  }),
  HTTPS_ONLY: setting({
    schema: z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true'),
    fallback: 'false',
    help: 'Whether what came over plain HTTP is refused, as told by a trusted proxy; `/health`, `/live` and `/ready` never are.',
  }),
  FAILED_LOGINS_PER_MINUTE: setting({
    schema: wholeNumber(1, 100_000),
    fallback: '100',
    help: 'Requests a minute of one client address whose token is missing or wrong; further ones are refused unread.',
  }),
  RATE_LIMIT_PER_MINUTE: setting({
    schema: wholeNumber(1, 100_000),
    fallback: '100',
    help: 'Requests a minute of one token, for accounts made without a limit of their own.',
  }),
  EVENT_LOG_DAYS: setting({
    schema: wholeNumber(0, 3_650),
    fallback: '7',
    help: 'Days that events can be read again from the event log. 0: there is no event log.',
  }),
  MESSAGE_RETENTION_DAYS: setting({
    schema: wholeNumber(0, 36_500),
    fallback: '0',
    help: 'Days that messages are kept. 0: for ever.',
  }),
  MEDIA_WAIT_SECONDS: setting({
    schema: wholeNumber(0, 30),
    fallback: '30',
    help: 'Seconds that an event waits for the file of its message, for channels that show it. Later it leaves without.',
  }),
  MEDIA_RETENTION_DAYS: setting({
    schema: wholeNumber(1, 3_650),
    fallback: '7',
    help: 'Days that files of messages are kept in the data folder.',
  }),
  MEDIA_FOLDER_MB: setting({
    schema: wholeNumber(100, 100_000_000),
    fallback: '10000',
    help: 'Megabytes that these files may take together; beyond that the oldest of whoever has most go first.',
  }),
  MEDIA_FILE_MB: setting({
    schema: wholeNumber(1, 2_000),
    fallback: '100',
    help: 'Megabytes of the largest file that is fetched; WhatsApp lets people send 2,000.',
  }),
  LOG_LEVEL: setting({
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of: trace, debug, info, warn, error, fatal, silent',
    }),
    fallback: 'info',
    help: 'How much is logged: trace, debug, info, warn, error, fatal, silent.',
  }),
  WHATSAPP_URL: setting({
    schema: absoluteUrl(['ws:', 'wss:']),
    fallback: null,
    help: 'WebSocket URL of a sandbox. Not set: WhatsApp itself.',
  }),
  WHATSAPP_ROOT_KEY: setting({
    schema: z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits'),
    fallback: null,
    help: 'Public root key of the sandbox, 64 hexadecimal digits; goes with `WHATSAPP_URL`.',
  }),
  WHATSAPP_MEDIA_HOST: setting({
    schema: hostAndPort,
    fallback: null,
    help: 'Media host of the sandbox, `host:port`; it takes the place of every media host of WhatsApp. Not set: no media.',
  }),
  WHATSAPP_MEDIA_CA: setting({
    schema: readableFile,
    fallback: null,
    help: 'PEM file with the certificate of the sandbox’s media host; goes with `WHATSAPP_MEDIA_HOST`.',
  }),
} satisfies Record<string, Setting<z.ZodType>>;

type SettingName = keyof typeof settings;
type Values = { [N in SettingName]: z.output<(typeof settings)[N]['schema']> | NullWhenUnset<N> };
type NullWhenUnset<N extends SettingName> = (typeof settings)[N]['fallback'] extends string ? never : null;

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

/** `scheme://host[:port]` exactly as a browser sends it, or `*`. */
export function isOrigin(text: string): boolean {
  return text === '*' || URL.parse(text)?.origin === text;
}
