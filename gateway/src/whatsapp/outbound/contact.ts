import type { proto } from '../proto.ts';
import { cleanDigits } from '../recipient.ts';
import { wireMessage } from '../wire.ts';
import { beside, inContext, type OutgoingKind } from './kind.ts';
import { type Card, vcard } from './vcard.ts';

/** One contact card, or several in one message. */
export function contactKind(cards: Card[]): OutgoingKind {
  const contacts = cards.map((card) => ({
    displayName: card.fullName,
    vcard: vcard(card, cleanDigits(card.phone)),
  }));
  return {
    type: cards.length > 1 ? 'contacts' : 'contact',
    content: cards.map(({ fullName }) => fullName).join(', '),
    build: (building) => ({
      message: wireMessage({ ...wrapped(contacts, inContext(building)), ...beside(building) }),
      answer: { vcard: cards },
    }),
  };
}

function wrapped(
  contacts: proto.Message.IContactMessage[],
  context: ReturnType<typeof inContext>,
): proto.IMessage {
  const [only] = contacts;
  if (only && contacts.length === 1) return { contactMessage: { ...only, ...context } };
  return { contactsArrayMessage: { displayName: `${contacts.length} contacts`, contacts, ...context } };
}
