/** What the account is in a channel. */
export type NewsletterRole = 'owner' | 'admin' | 'subscriber' | 'guest';

/** A channel as WhatsApp describes it; what is not described is null. */
export interface Newsletter {
  jid: string;
  /** `active`, `suspended`, `geosuspended`, or another state of WhatsApp in lower case. */
  state: string | null;
  name: string | null;
  description: string | null;
  /** Code of the invite link. */
  invite: string | null;
  subscribers: number | null;
  pictureUrl: string | null;
  role: NewsletterRole | null;
}

/** What a notification says of a channel. */
export type NewsletterChange =
  | { type: 'followed' | 'changed'; newsletter: Newsletter }
  | { type: 'left'; jid: string };

/** A channel as a client names it: digits may be the id of a JID or the code of an invite link. */
export type NewsletterName =
  | { kind: 'jid'; jid: string }
  | { kind: 'invite'; code: string }
  | { kind: 'digits'; digits: string };

const LINK = 'https://whatsapp.com/channel/';
const JID = /^\d{5,25}@newsletter$/;
const DIGITS = /^\d{5,25}$/;
const CODE = /^[A-Za-z0-9_-]{6,64}$/;
const LINKED_CODE =
  /^(?:https?:\/\/)?(?:www\.)?whatsapp\.com\/channel\/([A-Za-z0-9_-]{6,64})\/?(?:[?#].*)?$/i;

/** Reads an `identifier`: JID, digits, invite link or its code; null when it can be none of them. */
export function parseNewsletterName(text: string): NewsletterName | null {
  const written = decoded(text.trim());
  if (JID.test(written)) return { kind: 'jid', jid: written };
  const word = LINKED_CODE.exec(written)?.[1] ?? written;
  if (DIGITS.test(word)) return { kind: 'digits', digits: word };
  return CODE.test(word) ? { kind: 'invite', code: word } : null;
}

export function newsletterLink(code: string): string {
  return LINK + code;
}

export function newsletterJid(digits: string): string {
  return `${digits}@newsletter`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign: no form of an identifier has one
  }
}
