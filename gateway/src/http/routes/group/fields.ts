import { z } from 'zod';
import { SETTINGS } from '../../../mailbox/group-views.ts';
import { type GroupIdentifier, readGroupIdentifier } from '../../../whatsapp/invite.ts';
import {
  absentWhenNull,
  codePoints,
  listOf,
  optionalFlag,
  optionalText,
  textError,
} from '../../body/fields.ts';

/*
 * What the bodies and queries of `/api/group/*` and `/api/community/*` share.
 */

/** A picture of 10 MB in base64, and the rest of the body. */
export const IMAGE_BODY_LIMIT = 16 * 1024 * 1024;

const MAX_NAME = 100;
const MAX_DESCRIPTION = 2_048;
const MAX_PARTICIPANTS = 1_023;
const NOT_A_GROUP = 'Invalid invite link or code';

/** A JID, an invite code or a link. */
export const identifier = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim())
  .refine((text) => text !== '', { ...textError('Identifier is required'), abort: true })
  .transform((text, context): GroupIdentifier => {
    const read = readGroupIdentifier(text);
    if (read) return read;
    context.addIssue({ code: 'custom', ...textError(NOT_A_GROUP) });
    return z.NEVER;
  });

/** An invite code or a link, no JID. */
export const inviteCode = identifier.transform((read, context) => {
  if ('code' in read) return read.code;
  context.addIssue({ code: 'custom', ...textError(NOT_A_GROUP) });
  return z.NEVER;
});

/** A subject; `undefined` when missing. */
export const optionalName = absentWhenNull(
  z
    .string()
    .refine(
      (name) => name.trim() !== '' && codePoints(name) <= MAX_NAME,
      textError(`name must be between 1 and ${MAX_NAME} characters`),
    ),
);

export const requiredName = z
  .string()
  .nullish()
  .transform((name) => name ?? '')
  .refine((name) => name.trim() !== '', { ...textError('Name is required'), abort: true })
  .refine(
    (name) => codePoints(name) <= MAX_NAME,
    textError(`name must be between 1 and ${MAX_NAME} characters`),
  );

/** `undefined` when missing; '' is a value. */
export const description = absentWhenNull(
  z
    .string()
    .refine(
      (text) => codePoints(text) <= MAX_DESCRIPTION,
      textError(`description must be at most ${MAX_DESCRIPTION} characters`),
    ),
);

/** URL or base64; bounded by the body's limit. */
export const image = optionalText(IMAGE_BODY_LIMIT);

/** Numbers and JIDs of people. */
export const participants = listOf(z.string(), MAX_PARTICIPANTS)
  .nullish()
  .transform((list) => list ?? [])
  .refine((list) => list.length > 0, { ...textError('Participants is required'), abort: true })
  .refine(
    (list) => list.length <= MAX_PARTICIPANTS,
    textError(`participants must have between 1 and ${MAX_PARTICIPANTS} items`),
  );

const settings = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, optionalFlag])) as Record<
  keyof typeof SETTINGS,
  typeof optionalFlag
>;

export const groupSettings = absentWhenNull(z.object(settings));

export const identifierQuery = z.object({ identifier });
export const identifierBody = z.object({ identifier });

const FLAGS: Record<string, boolean> = { true: true, false: false };

/** A flag of the query. */
export const queryFlag = (name: string, fallback: boolean) =>
  z
    .string()
    .optional()
    .refine((text) => !text || Object.hasOwn(FLAGS, text), textError(`${name} must be true or false`))
    .transform((text) => (text ? (FLAGS[text] ?? fallback) : fallback));
