import { z } from 'zod';
import { type AddressRange, forbiddenLiteral } from '../../../net/address-policy.ts';
import { isAllowedCustomToken } from '../../../tenancy/tokens.ts';
import { fieldError, optionalFlag, optionalTextOrEmpty, textError } from '../../body/fields.ts';

export const TOKEN_TEXT = 'Token must be 16 to 256 printable ASCII characters without spaces';
export const GRACE_TEXT = 'GraceSeconds must be between 0 and 86400';

/** A value that the caller wants as TokenInstance; empty counts as not sent. */
export const customToken = z
  .string()
  .nullish()
  .transform((token) => token || undefined)
  .refine((token) => token === undefined || isAllowedCustomToken(token), textError(TOKEN_TEXT));

/** Seconds for which the replaced token stays valid. */
export const graceSeconds = z
  .number('integer')
  .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
  .refine((seconds) => seconds >= 0 && seconds <= 86_400, textError(GRACE_TEXT))
  .nullish()
  .transform((seconds) => seconds ?? 0);

/** The seven behaviour flags. */
export const settingsFields = {
  autoRejectCalls: optionalFlag,
  callRejectMessage: optionalTextOrEmpty(1000),
  ignoreGroupMessages: optionalFlag,
  keepOnlineStatus: optionalFlag,
  autoReadMessages: optionalFlag,
  disableHistorySync: optionalFlag,
  ignoreStatus: optionalFlag,
};

/** A text, or a number that stands for one; `undefined` when missing, null or empty. */
export const textOrNumber = z
  .union([z.string(), z.number()], 'string')
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : String(value)));

/** A text whose bounds depend on other fields; `undefined` when missing, null or empty. */
export const anyText = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

const HOST = /^(\[[0-9a-f:.%]+\]|[0-9a-f:.]+|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?)$/i;
const MAX_HOST = 253;

/** Whether this can be the host of a proxy: a name or an address, no scheme, no port. */
export function isHost(text: string): boolean {
  return text.length <= MAX_HOST && HOST.test(text) && URL.canParse(`http://${bracketed(text)}/`);
}

/** Whether the outbound address policy refuses the host as it is written. */
export function isForbiddenHost(host: string, allowed: readonly AddressRange[]): boolean {
  return forbiddenLiteral(host, allowed);
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
