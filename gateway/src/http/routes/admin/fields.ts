import { z } from 'zod';
import { isOrigin } from '../../../config/fields.ts';
import {
  absentWhenNull,
  codePoints,
  fieldError,
  listOf,
  optionalFlag,
  textError,
  wholeNumber,
} from '../../body/fields.ts';
import { graceSeconds } from '../instance/fields.ts';

const NAME_TEXT = 'Name must be 1 to 100 characters';
const ORIGINS_TEXT = 'AllowedOrigins must be a list of at most 50 origins';
const MAX_NAME = 100;
const MAX_ORIGINS = 50;
const MAX_ORIGIN_LENGTH = 300;

const accountName = z
  .string()
  .refine((name) => name.trim() !== '', fieldError({ rule: 'required' }))
  .refine((name) => name.length <= MAX_NAME || codePoints(name) <= MAX_NAME, textError(NAME_TEXT));

/** `undefined` when missing; null is a value: unlimited. */
const maxInstances = wholeNumber(0, 100_000).nullable().optional();

const rateLimitPerMinute = absentWhenNull(wholeNumber(1, 100_000));

const allowedOrigins = absentWhenNull(
  listOf(z.string(), MAX_ORIGINS).refine(
    (origins) =>
      origins.length <= MAX_ORIGINS &&
      origins.every((origin) => origin.length <= MAX_ORIGIN_LENGTH && isOrigin(origin)),
    textError(ORIGINS_TEXT),
  ),
);

/** Body of a new account; the command line takes the same. */
export const newAccount = z.object({ name: accountName, maxInstances, rateLimitPerMinute, allowedOrigins });

export const accountPatch = z
  .object({
    name: absentWhenNull(accountName),
    maxInstances,
    rateLimitPerMinute,
    allowedOrigins,
    suspended: optionalFlag,
  })
  .refine(
    (fields) => Object.values(fields).some((value) => value !== undefined),
    textError('At least one field must be provided'),
  );

export const rotation = z.object({ graceSeconds });
