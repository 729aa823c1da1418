import { z } from 'zod';
import { eventNames, optionalFlag, textError } from '../../body/fields.ts';
import { anyText, customToken, settingsFields, textOrNumber } from './fields.ts';

const MAX_NAME = 100;
const NAME = /^(?!\.+$)[A-Za-z0-9_.-]{1,100}$/;
const NAME_TEXT = `Name must be 1 to ${MAX_NAME} characters: A-Z, a-z, 0-9, underscore, hyphen or dot`;

/** Body of `POST /api/instance/new`: flat, one group of fields for each block. */
export const createBody = z.object({
  name: z
    .string()
    .min(1)
    .refine((name) => NAME.test(name), textError(NAME_TEXT)),
  token: customToken,
  proxyEnabled: optionalFlag,
  proxyHost: anyText,
  proxyPort: textOrNumber,
  proxyProtocol: anyText,
  proxyUsername: anyText,
  proxyPassword: anyText,
  webhookEnabled: optionalFlag,
  webhookURL: anyText,
  webhookAuthorization: anyText,
  webhookByEvents: optionalFlag,
  webhookEvents: eventNames,
  webhookMediaBase64: optionalFlag,
  websocketEnabled: optionalFlag,
  websocketEvents: eventNames,
  websocketMediaBase64: optionalFlag,
  chatwootEnabled: optionalFlag,
  ...settingsFields,
  s3Enabled: optionalFlag,
  s3Region: anyText,
  s3Bucket: anyText,
  s3AccessKey: anyText,
  s3SecretKey: anyText,
  s3Endpoint: anyText,
  s3PathPrefix: anyText,
});

export type CreateBody = z.output<typeof createBody>;
