import { z } from 'zod';
import { type NewsletterName, parseNewsletterName } from '../../../whatsapp/newsletter.ts';
import { codePoints, textError } from '../../body/fields.ts';

const FORMS = 'JID @newsletter or invite link/code';
const MAX_CHARACTERS = 8_192;

/** Which channel is meant; `field` is what the text calls it when it is missing. */
const identifier = (field: 'field' | 'query parameter') =>
  z
    .string()
    .nullish()
    .transform((text) => (text ?? '').trim())
    .refine((text) => text !== '', textError(`The 'identifier' ${field} is required (${FORMS})`))
    .transform((text, context): NewsletterName => {
      const name = text.length <= MAX_CHARACTERS ? parseNewsletterName(text) : null;
      if (name) return name;
      context.addIssue({ code: 'custom', ...textError(`Invalid newsletter identifier (use ${FORMS})`) });
      return z.NEVER;
    });

export const identifierQuery = z.object({ identifier: identifier('query parameter') });
export const identifierBody = z.object({ identifier: identifier('field') });

/** A text of at most `max` characters, under the field's name as it is written. */
export const boundedText = (field: string, max: number) =>
  z
    .string()
    .nullish()
    .transform((text) => text ?? '')
    .refine((text) => codePoints(text) <= max, textError(`${field} must be at most ${max} characters`));
