import { failure } from '../../../failure.ts';
import { userOf } from '../../../whatsapp/jid.ts';
import { readRecipient, shownNumber } from '../../../whatsapp/recipient.ts';
import { requiredText } from '../../body/fields.ts';

const NUMBER_CHARACTERS = 1_024;

export const callee = requiredText(NUMBER_CHARACTERS);

/** The digits of a phone number or `@s.whatsapp.net` JID: calls go to no other address. Throws `field_invalid`. */
export function calleeDigits(number: string): string {
  const recipient = readRecipient(number.trim());
  if (recipient?.kind === 'user') return userOf(recipient.jid);
  throw failure('field_invalid', { text: `Invalid number: ${shownNumber(number)}` });
}
