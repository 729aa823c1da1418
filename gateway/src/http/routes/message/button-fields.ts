import { z } from 'zod';
import { BUTTON_TYPES, type Button } from '../../../whatsapp/outbound/button.ts';
import { codePoints, fieldError, optionalOneOf, sentenceError } from '../../body/fields.ts';
import { isHttpUrl, isPhoneNumber, requiredWords, STRING_CHARACTERS, URL_CHARACTERS } from './fields.ts';

/** What the `id` of a button breaks, by its type. */
function brokenRule({ id, type }: Button) {
  if (type === 'URL') return isHttpUrl(id) ? null : sentenceError('must be an http(s) URL');
  if (codePoints(id) > STRING_CHARACTERS) return fieldError({ rule: 'at most', max: STRING_CHARACTERS });
  return type === 'CALL' && !isPhoneNumber(id) ? sentenceError('must be a phone number') : null;
}

/** A button of a message, or of a card of a carousel. */
export const button = z
  .object({
    displayText: requiredWords(),
    id: requiredWords(URL_CHARACTERS),
    type: optionalOneOf(...BUTTON_TYPES).transform((type) => type ?? 'REPLY'),
  })
  .superRefine((value, context) => {
    const broken = brokenRule(value);
    if (broken) context.addIssue({ code: 'custom', path: ['id'], ...broken });
  });
