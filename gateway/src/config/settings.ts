import { z } from 'zod';
import { addressRanges } from '../net/address-policy.ts';
import {
  absoluteUrl,
  encryptionKey,
  hostAndPort,
  isOrigin,
  list,
  readableFile,
  versionNumbers,
  wholeNumber,
} from './fields.ts';

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

const MIN_SECRET_LENGTH = 16;

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
    help: 'Addresses (comma list of CIDR) of the proxies in front of the gateway: their `X-Forwarded-For` and `X-Forwarded-Proto` are believed, those of others are not.',
  }),
  HTTPS_ONLY: setting({
    schema: z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true'),
    fallback: 'false',
    help: 'Whether requests over plain HTTP are refused, as a trusted proxy reports them; `/health`, `/live` and `/ready` never are.',
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
    help: 'Megabytes that these files may take together; beyond that the oldest of the instance with most go first.',
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
  WHATSAPP_VERSION: setting({
    schema: versionNumbers,
    fallback: null,
    help:
      'Version of WhatsApp’s web client that the gateway names, like `2.3000.1043857760`; for the time between the day on ' +
      'which WhatsApp refuses the built-in one (`client_outdated`) and the next release. Not set: the built-in one.',
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
/** The value of each setting; null where one is not set and has no default. */
export type Values = { [N in SettingName]: z.output<(typeof settings)[N]['schema']> | NullWhenUnset<N> };
type NullWhenUnset<N extends SettingName> = (typeof settings)[N]['fallback'] extends string ? never : null;
