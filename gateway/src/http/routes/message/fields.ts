import { z } from 'zod';
import {
  absentWhenNull,
  breaks,
  optionalFlag,
  optionalList,
  optionalText,
  requiredText,
  says,
} from '../../fields.ts';

/*
 * What the bodies of the sending routes share (`messages.md` 1.1 to 1.3).
 */

const TEXT_CHARACTERS = 65_536;
const STRING_CHARACTERS = 1_024;
const SOURCE_CHARACTERS = 64;
const MENTIONS = 1_024;
const MAX_DELAY_SECONDS = 60;

const notBlank = <S extends z.ZodType<string>>(schema: S) =>
  schema.refine((text) => text.trim() !== '', breaks({ rule: 'required' }));

export const recipientNumber = notBlank(requiredText(STRING_CHARACTERS));

/** The text of a message; sent as it is, blanks around it included. */
export const messageText = notBlank(requiredText(TEXT_CHARACTERS));

const delay = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { ...breaks({ rule: 'integer' }), abort: true })
    .refine(
      (seconds) => seconds >= 0 && seconds <= MAX_DELAY_SECONDS,
      says(`Delay must be between 0 and ${MAX_DELAY_SECONDS} seconds`),
    ),
).transform((seconds) => seconds ?? 0);

const flag = optionalFlag.transform((value) => value ?? false);

/** Optional fields that most sending routes take. */
export const sendingFields = {
  number: recipientNumber,
  /** Read by `sendingBody`; here only its type counts. */
  to: z.string().nullish(),
  delay,
  replyTo: optionalText(STRING_CHARACTERS),
  replyPrivate: flag,
  source: optionalText(SOURCE_CHARACTERS).transform((source) => source ?? 'api'),
};

/** Of routes whose text or caption can mention people. */
export const mentionFields = {
  mention: optionalList(z.string(), MENTIONS, `Mention must have at most ${MENTIONS} entries`).transform(
    (mentioned) => mentioned ?? [],
  ),
  mentionAll: flag,
};

/** `to` is another name of `number`, which wins. */
export function sendingBody<S extends z.ZodObject>(schema: S) {
  return z.preprocess((body) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const { number, to } = body as { number?: unknown; to?: unknown };
    return (number ?? '') === '' && typeof to === 'string' ? { ...body, number: to } : body;
  }, schema);
}
