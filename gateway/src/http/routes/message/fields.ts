import { z } from 'zod';
import { cleanDigits, isPhoneDigits } from '../../../whatsapp/recipient.ts';
import {
  absentWhenNull,
  fieldError,
  listOf,
  optionalFlag,
  optionalList,
  optionalText,
  requiredText,
  sentenceError,
  textError,
  textOrEmpty,
} from '../../body/fields.ts';

/*
 * What the bodies of the sending routes share.
 */

export const TEXT_CHARACTERS = 65_536;
export const STRING_CHARACTERS = 1_024;
export const URL_CHARACTERS = 8_192;
const SOURCE_CHARACTERS = 64;
const MENTIONS = 1_024;
const MAX_DELAY_SECONDS = 60;

const notBlank = <S extends z.ZodType<string>>(schema: S) =>
  schema.refine((text) => text.trim() !== '', fieldError({ rule: 'required' }));

/** Neither missing nor blank; sent as it is, blanks around it included. */
export const requiredWords = (max = STRING_CHARACTERS) => notBlank(requiredText(max));

/** `undefined` when missing, null or blank. */
export const optionalWords = (max = STRING_CHARACTERS) =>
  optionalText(max).transform((text) => (text?.trim() ? text : undefined));

export const recipientNumber = requiredWords();

export const messageText = requiredWords(TEXT_CHARACTERS);
export const optionalMessageText = optionalWords(TEXT_CHARACTERS);

const HTTP = new Set(['http:', 'https:']);

export function isHttpUrl(text: string): boolean {
  return HTTP.has(URL.parse(text)?.protocol ?? '');
}

export function isPhoneNumber(text: string): boolean {
  return isPhoneDigits(cleanDigits(text));
}

/** `min` to `max` entries; a missing list counts as too short, with the same `text`. */
export const entries = <S extends z.ZodType>(entry: S, min: number, max: number, text: string) =>
  listOf(entry, max)
    .nullish()
    .transform((list) => list ?? [])
    .refine((list) => list.length >= min && list.length <= max, sentenceError(text));

/** The usual text for `entries`. */
export const between = (min: number, max: number) => `must contain between ${min} and ${max} items`;

const coordinate = (name: string, limit: number) =>
  absentWhenNull(
    z
      .number()
      .refine(
        (degrees) => Math.abs(degrees) <= limit,
        fieldError({ rule: 'between', min: -limit, max: limit }),
      ),
  ).describe(name);

export const latitude = coordinate('Degrees north', 90);
export const longitude = coordinate('Degrees east', 180);

const delay = absentWhenNull(
  z
    .number('integer')
    .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
    .refine(
      (seconds) => seconds >= 0 && seconds <= MAX_DELAY_SECONDS,
      textError(`Delay must be between 0 and ${MAX_DELAY_SECONDS} seconds`),
    ),
).transform((seconds) => seconds ?? 0);

/** False when left out. */
export const flag = optionalFlag.transform((value) => value ?? false);

/** What every sending route takes. */
export const addressFields = {
  number: recipientNumber,
  /** Read by `sendingBody`; here only its type counts. */
  to: z.string().nullish(),
  source: optionalWords(SOURCE_CHARACTERS).transform((source) => source ?? 'api'),
};

/** What nearly every sending route takes. */
export const sendingFields = {
  ...addressFields,
  delay,
  replyTo: optionalWords(),
  replyPrivate: flag,
};

/** Of routes whose text or caption can mention people. */
export const mentionFields = {
  mention: optionalList(
    textOrEmpty(STRING_CHARACTERS),
    MENTIONS,
    `Mention must have at most ${MENTIONS} entries`,
  ).transform((mentioned) => mentioned ?? []),
  mentionAll: flag,
};

const isBlank = (value: unknown) => value == null || (typeof value === 'string' && value.trim() === '');

/**
 * An empty text counts as a field that was not sent, for fields of every type: forms and flows send the fields that the
 * user left empty. `to` is another name of `number`, which wins. `respell` reads what only one route has: older
 * spellings, and fields that another one makes meaningless.
 */
export function sendingBody<S extends z.ZodType>(schema: S, respell = (body: object): object => body) {
  return z.preprocess((body) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''));
    const { number, to } = given;
    return respell(isBlank(number) && typeof to === 'string' ? { ...given, number: to } : given);
  }, schema);
}

/** A body without these fields. */
export function without(body: object, fields: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !fields.has(name)));
}
