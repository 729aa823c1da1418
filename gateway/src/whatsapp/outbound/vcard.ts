/** A contact card as a client gives it. */
export interface Card {
  fullName: string;
  /** As written; `digits` is what it comes down to. */
  phone: string;
  organization?: string | undefined;
  email?: string | undefined;
  url?: string | undefined;
}

/**
 * A card as vCard 3.0. The parameter `waid` is what makes WhatsApp offer a chat with the number. Values are escaped
 * after RFC 2426, so that none of them can add a line of its own.
 */
export function vcard({ fullName, organization, email, url }: Card, digits: string): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:;${escaped(fullName)};;;`,
    `FN:${escaped(fullName)}`,
    organization && `ORG:${escaped(organization)}`,
    `TEL;type=CELL;type=VOICE;waid=${digits}:+${digits}`,
    email && `EMAIL:${escaped(email)}`,
    url && `URL:${escaped(url)}`,
    'END:VCARD',
  ];
  return lines.filter(Boolean).join('\n');
}

function escaped(value: string): string {
  return value.replace(/[\\;,]/g, '\\$&').replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n');
}
