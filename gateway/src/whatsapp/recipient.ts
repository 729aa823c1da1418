import { whatsAppError } from './errors.ts';
import type { Jid, JidKind } from './jid.ts';

const SHOWN_CHARACTERS = 64;
const DIGITS = /^\d{5,15}$/;

/** Addresses that a client may write, a device suffix included, which is dropped. */
const FORMS: { kind: JidKind; form: RegExp }[] = [
  { kind: 'user', form: /^(\d{5,15})(?::\d{1,3})?@(s\.whatsapp\.net)$/ },
  { kind: 'lid', form: /^(\d{5,20})(?::\d{1,3})?@(lid)$/ },
  { kind: 'group', form: /^(\d{5,25}|\d{5,15}-\d{5,15})@(g\.us)$/ },
  { kind: 'newsletter', form: /^(\d{5,25})@(newsletter)$/ },
  { kind: 'status', form: /^(status)@(broadcast)$/ },
];

/** Digits as people write them. */
export function cleanDigits(text: string): string {
  return text.replace(/[+\-()\s]/g, '');
}

/** As many digits as a phone number has. */
export function isPhoneDigits(digits: string): boolean {
  return DIGITS.test(digits);
}

/**
 * Reads the recipient of a request: digits as people write them, or a JID.
 * Throws `recipient_invalid`, or `recipient_unsupported` for a kind that is not in `accepted`.
 */
export function parseRecipient(number: string, accepted: readonly JidKind[]): Jid {
  const recipient = readRecipient(number.trim());
  const shown = shownNumber(number);
  if (!recipient) throw whatsAppError('recipient_invalid', { number: shown });
  if (!accepted.includes(recipient.kind)) {
    throw whatsAppError('recipient_unsupported', { number: shown });
  }
  return recipient;
}

/** As much of a client's own value as error texts repeat. */
export function shownNumber(number: string): string {
  return [...number].slice(0, SHOWN_CHARACTERS).join('');
}

/** An address of a chat as a client wrote it. */
export interface ChatNumber extends Jid {
  /** Digits, which may lack or have Brazil's ninth digit; a JID is taken as it is. */
  isPhone: boolean;
}

/** Reads what names a chat: digits, or a JID of any kind; null when it is neither. */
export function readChatNumber(text: string): ChatNumber | null {
  const jid = readRecipient(text.trim());
  return jid && { ...jid, isPhone: !text.includes('@') };
}

/** A user named in a request: digits or a user JID. Throws `user_invalid`. */
export function parseUser(value: string, role: 'mention' | 'participant'): string {
  const user = readRecipient(value.trim());
  if (user?.kind === 'user' || user?.kind === 'lid') return user.jid;
  throw whatsAppError('user_invalid', { role, value: shownNumber(value) });
}

/** The address that a client wrote: digits as people write them, or a JID; null when it is neither. */
export function readRecipient(text: string): Jid | null {
  for (const { kind, form } of FORMS) {
    const [, user, server] = form.exec(text) ?? [];
    if (user) return { kind, jid: `${user}@${server}` };
  }
  const digits = cleanDigits(text);
  return isPhoneDigits(digits) ? { kind: 'user', jid: `${digits}@s.whatsapp.net` } : null;
}

/**
 * The phone numbers to look up for one that was given, in the order in which they count. A Brazilian mobile number
 * may be registered with or without its ninth digit.
 */
export function numberVariants(digits: string): string[] {
  const [, longArea, longRest] = /^55(\d{2})9(\d{8})$/.exec(digits) ?? [];
  if (longArea) return [digits, `55${longArea}${longRest}`];
  const [, shortArea, shortRest] = /^55(\d{2})([6-9]\d{7})$/.exec(digits) ?? [];
  return shortArea ? [digits, `55${shortArea}9${shortRest}`] : [digits];
}
