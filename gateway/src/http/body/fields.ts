import { z } from 'zod';
import { storable } from '../../mailbox/storable.ts';

/*
 * What the bodies of this gateway are made of. The pieces name rules, not texts: `validation.ts` adds the field's
 * name. `null` counts as not sent, an optional string also when it is empty; types are strict.
 */

/** A rule of one field whose public text is `<Field> ` and what the rule says. */
export type FieldRule =
  | { rule: 'required' }
  | { rule: 'at most'; max: number }
  | { rule: 'between'; min: number; max: number }
  /** `<Field> must contain between 1 and 10 items`: what follows the field's name. */
  | { rule: 'sentence'; text: string }
  /** The whole text. */
  | { rule: 'text'; text: string }
  /** Part of the type rather than of the value: answered as a body that does not parse. */
  | { rule: 'integer' | 'string' };

/** For `refine` and `addIssue`: `{ ...fieldError({ rule: 'required' }), path: ['host'] }`. */
export function fieldError(rule: FieldRule): { message: string; params: FieldRule } {
  return { message: rule.rule, params: rule };
}

/** For `refine`: an exact text of the contract. */
export function textError(text: string): { message: string; params: FieldRule } {
  return fieldError({ rule: 'text', text });
}

/** For `refine`: the field's name and this; holds for a missing value too. */
export function sentenceError(text: string): { message: string; params: FieldRule } {
  return fieldError({ rule: 'sentence', text });
}

/** Unicode code points, as the contract counts characters. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * At most `max` code points. A string has no more of them than UTF-16 units, so short ones are not counted. Characters
 * that no database and no protobuf takes are gone before any rule looks.
 */
export const textOrEmpty = (max: number) =>
  z
    .string()
    .overwrite(storable)
    .refine((text) => text.length <= max || codePoints(text) <= max, fieldError({ rule: 'at most', max }));

/** Required and not empty. */
export const requiredText = (max: number) =>
  textOrEmpty(max).refine((text) => text !== '', fieldError({ rule: 'required' }));

/** `undefined` when missing, null or empty. */
export const optionalText = (max: number) =>
  textOrEmpty(max)
    .nullish()
    .transform((text) => text || undefined);

/** `undefined` when missing or null; an empty text is a value. */
export const optionalTextOrEmpty = (max: number) => absentWhenNull(textOrEmpty(max));

export const requiredFlag = z.boolean();

/** `undefined` when missing or null. */
export const optionalFlag = absentWhenNull(z.boolean());

/** A whole number within bounds; a JSON number, not a text. */
export const wholeNumber = (min: number, max: number) =>
  z
    .number('integer')
    .refine(Number.isInteger, { ...fieldError({ rule: 'integer' }), abort: true })
    .refine((value) => value >= min && value <= max, fieldError({ rule: 'between', min, max }));

/** `undefined` when missing or null. */
export const optionalWholeNumber = (min: number, max: number) => absentWhenNull(wholeNumber(min, max));

/** A whole number of the query within 1 and `max`; `fallback` when missing or empty. */
export const queryLimit = (max: number, fallback: number) =>
  z
    .string()
    .optional()
    .transform((text) => (text ? (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN) : fallback))
    .refine((value) => value >= 1 && value <= max, fieldError({ rule: 'between', min: 1, max }));

/** One of these exact words. */
export const oneOf = <const T extends [string, ...string[]]>(...words: T) => z.enum(words);

/** `undefined` when missing, null or empty. */
export const optionalOneOf = <const T extends [string, ...string[]]>(...words: T) =>
  z
    .enum([...words, ''])
    .nullish()
    .transform((word) => (word || undefined) as T[number] | undefined);

/**
 * A list that a rule allows `max` entries. One more is looked at and none beyond: that is enough to refuse it, and every
 * entry of half a million would cost a complaint of its own.
 */
export const listOf = <S extends z.ZodType>(entry: S, max: number) =>
  z.preprocess((value) => (Array.isArray(value) ? value.slice(0, max + 1) : value), z.array(entry));

/** At most `max` entries; missing and null are `undefined`. */
export const optionalList = <S extends z.ZodType>(entry: S, max: number, tooMany: string) =>
  optionalListOf(entry, max, textError(tooMany));

function optionalListOf<S extends z.ZodType>(entry: S, max: number, tooMany: ReturnType<typeof fieldError>) {
  return absentWhenNull(listOf(entry, max).refine((entries) => entries.length <= max, tooMany));
}

/** There are nine; a list may name some of them twice. */
const MAX_EVENT_NAMES = 100;

/** Names of events, `undefined` when missing or null; what they are is checked where they are used. */
export const eventNames = optionalListOf(
  z.string(),
  MAX_EVENT_NAMES,
  sentenceError(`must contain at most ${MAX_EVENT_NAMES} items`),
);

/** Any of the above made optional: missing and null are `undefined`. */
export function absentWhenNull<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}
