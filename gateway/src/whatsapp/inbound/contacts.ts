import type { proto } from '../proto.ts';
import type { ContactCard } from './blocks.ts';
import type { Kind } from './content.ts';

export function contact(message: proto.Message.IContactMessage): Kind {
  return cards('contact', [message]);
}

export function contactsArray({ contacts }: proto.Message.IContactsArrayMessage): Kind {
  return cards('contacts', contacts ?? []);
}

function cards(type: 'contact' | 'contacts', messages: proto.Message.IContactMessage[]): Kind {
  const contacts = messages.slice(0, MAX_CARDS).map(cardOf);
  return { type, content: contacts.map((card) => card.display_name).join(', '), contacts };
}

/** More than WhatsApp lets a user share at once. */
const MAX_CARDS = 300;

function cardOf({ displayName, vcard }: proto.Message.IContactMessage): ContactCard {
  return { display_name: displayName ?? '', phone_number: phoneOf(vcard ?? ''), vcard: vcard ?? '' };
}

/** Beyond this a card holds a picture at most. */
const VCARD_CHARACTERS = 65_536;

/** The first telephone number of a card; one that WhatsApp has checked (`waid`) before any other. */
function phoneOf(vcard: string): string | null {
  const lines = vcard.slice(0, VCARD_CHARACTERS).split(/\r?\n/);
  const phones = lines.filter((line) => /^(?:[\w-]+\.)?TEL[;:]/i.test(line));
  const checked = phones.map((line) => /;waid=(\d{1,20})/i.exec(line)?.[1]).find((digits) => digits);
  const [written = ''] = phones;
  return checked ?? (written.slice(written.indexOf(':')).replace(/\D/g, '') || null);
}
