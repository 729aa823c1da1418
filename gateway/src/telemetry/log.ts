import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Keys whose values never reach a log, at the top of a record and one and two levels below it. */
const SECRET_KEYS = [
  'token',
  'authorization',
  'password',
  'secret',
  'secretKey',
  'creds',
  'keys',
  'privKey',
  'private',
  'body',
];

/** The process log: JSON lines on standard output, secrets removed centrally. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[redacted]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
