import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow, InstanceRow } from '../../storage/schema.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import { type JidKind, type Person, userOf } from '../../whatsapp/jid.ts';
import { type ChatNumber, numberVariants } from '../../whatsapp/recipient.ts';
import type { Session } from '../../whatsapp/session.ts';

type InstanceId = Pick<InstanceRow, 'id'>;

/** The chat that a request names. */
export interface ChatTarget {
  kind: JidKind;
  /** As it is shown and as WhatsApp gets it: a person's phone JID when it is known, else the LID. */
  jid: string;
  /** The other address of a person. */
  lid: string | null;
  address: ChatAddress;
  /** `messages.chat` and `chats.chat`; null for a person who is not stored. */
  key: string | null;
}

/**
 * The chat that a `number` names, from the database alone: a number that is not stored keeps the form that it was given
 * in. A stored person is found by any known address, and by both forms of a Brazilian number.
 */
export async function storedTarget(
  instance: InstanceId,
  number: ChatNumber,
  db: Queries,
): Promise<ChatTarget> {
  return (await findStored(instance, number, db)) ?? unknown(number);
}

/** The same, asking WhatsApp for a phone number that is not stored. Throws `number_unregistered` and `SendFailed`. */
export async function registeredTarget(
  instance: InstanceId,
  session: Pick<Session, 'lookUpNumbers'>,
  number: ChatNumber,
  { db, numbers }: { db: Queries; numbers: NumberCache },
): Promise<ChatTarget> {
  const known = await findStored(instance, number, db);
  if (known) return known;
  if (!number.isPhone) return unknown(number);
  const found = await numbers.find(instance.id, session, userOf(number.jid));
  if (!found) throw failure('number_unregistered');
  return privateTarget(found, await contactsOf(instance, db).find(found));
}

async function findStored(instance: InstanceId, number: ChatNumber, db: Queries): Promise<ChatTarget | null> {
  const { kind, jid, isPhone } = number;
  if (kind === 'group' || kind === 'newsletter' || kind === 'status') {
    return { kind, jid, lid: null, address: { kind, jid }, key: jid };
  }
  const contacts = contactsOf(instance, db);
  for (const person of isPhone ? numberVariants(userOf(jid)).map(phone) : [personNamed(number)]) {
    const contact = await contacts.find(person);
    if (contact) return privateTarget(contact, contact);
  }
  return null;
}

function contactsOf({ id }: InstanceId, db: Queries): Contacts {
  return new Contacts(db, id, 0); // reads only: the time is that of writes
}

function unknown(number: ChatNumber): ChatTarget {
  return privateTarget(personNamed(number), undefined);
}

function privateTarget({ jid, lid }: Person, contact: ContactRow | undefined): ChatTarget {
  return {
    kind: jid ? 'user' : 'lid',
    jid: jid ?? lid ?? '',
    lid,
    address: { kind: 'private', person: { jid, lid } },
    key: contact?.id ?? null,
  };
}

function personNamed({ kind, jid }: ChatNumber): Person {
  return kind === 'user' ? { jid, lid: null } : { jid: null, lid: jid };
}

function phone(digits: string): Person {
  return { jid: `${digits}@s.whatsapp.net`, lid: null };
}
