import { z } from 'zod';
import type { JidKind } from '../../../whatsapp/jid.ts';
import { type ChatNumber, readChatNumber } from '../../../whatsapp/recipient.ts';
import { optionalFlag, textError } from '../../body/fields.ts';

/*
 * What the bodies and queries of `/api/chat/*` share. Texts are trimmed before they count as missing; `missing`
 * is the whole public text, because its spelling differs from route to route.
 */

const SHOWN_CHARACTERS = 64;
/** Longer than any address or id; what is longer is answered as it would be when it is wrong. */
const FIELD_CHARACTERS = 1_024;

/** Chats of any kind that has a list entry. */
export const CHATS: readonly JidKind[] = ['user', 'lid', 'group', 'newsletter'];

/** A required text, trimmed. */
export const requiredWord = (missing: string, max = FIELD_CHARACTERS) =>
  z
    .string()
    .nullish()
    .transform((text) => (text ?? '').trim())
    .refine((text) => text !== '', textError(missing))
    .refine(
      (text) => text.length <= max,
      textError(`${firstWord(missing)} must be at most ${max} characters`),
    );

/** A text that may be missing; trimmed, '' when it is. */
export const optionalWord = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim().slice(0, FIELD_CHARACTERS));

/** A required phone number or JID of one of these kinds. */
export const chatNumber = (kinds: readonly JidKind[], missing = 'Number is required') =>
  requiredWord(missing, Number.POSITIVE_INFINITY).transform((text, context) =>
    readNumber(text, kinds, context),
  );

/** The same where it may be missing. */
export const optionalChatNumber = (kinds: readonly JidKind[]) =>
  optionalWord.transform((text, context) => (text === '' ? undefined : readNumber(text, kinds, context)));

function readNumber(text: string, kinds: readonly JidKind[], context: z.RefinementCtx): ChatNumber {
  const number = readChatNumber(text);
  if (number && kinds.includes(number.kind)) return number;
  const shown = [...text].slice(0, SHOWN_CHARACTERS).join('');
  context.addIssue({ code: 'custom', ...textError(`Invalid number: ${shown}`) });
  return z.NEVER;
}

/** A flag of a body; missing means false. */
export const flag = optionalFlag.transform((value) => value ?? false);

/** A flag of the query; missing and empty mean false. */
export const queryFlag = (name: string) => optionalQueryFlag(name).transform((value) => value ?? false);

/** A flag of the query; `undefined` when missing or empty. */
export const optionalQueryFlag = (name: string) =>
  z
    .string()
    .optional()
    .refine((text) => !text || Object.hasOwn(WRITTEN_FLAGS, text), textError(`${name} must be true or false`))
    .transform((text) => (text ? WRITTEN_FLAGS[text] : undefined));

const WRITTEN_FLAGS: Record<string, boolean> = { true: true, 1: true, false: false, 0: false };

function firstWord(text: string): string {
  return text.slice(0, text.indexOf(' '));
}
