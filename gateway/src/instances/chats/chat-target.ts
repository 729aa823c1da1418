import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow } from '../../storage/schema.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import { type JidKind, type Person, userOf } from '../../whatsapp/jid.ts';
import { type ChatNumber, numberVariants } from '../../whatsapp/recipient.ts';
import type { Session } from '../../whatsapp/session.ts';

/** The chat that a request names. */
export interface ChatTarget {
  kind: JidKind;
  /** As it is shown and as WhatsApp is told of it: a person's phone JID when it is known, else the LID. */
  jid: string;
  /** The other address of a person. */
  lid: string | null;
  address: ChatAddress;
  /** `messages.chat` and `chats.chat`; null for a person whom the store does not know. */
  key: string | null;
}

/** Finds the chat that a `number` names (`chat.md`, Common rules). */
export class ChatTargets {
  readonly #db: Queries;
  readonly #numbers: NumberCache;

  constructor({ db, numbers }: { db: Queries; numbers: NumberCache }) {
    this.#db = db;
    this.#numbers = numbers;
  }

  /** From the store alone: an unknown number keeps the form that it was given in. */
  async stored(instanceId: string, number: ChatNumber): Promise<ChatTarget> {
    return (await this.#known(instanceId, number)) ?? unknown(number);
  }

  /** Asks WhatsApp for a phone number that the store does not know. Throws `number_unregistered` and `SendFailed`. */
  async registered(
    instanceId: string,
    session: Pick<Session, 'lookUpNumbers'>,
    number: ChatNumber,
  ): Promise<ChatTarget> {
    const known = await this.#known(instanceId, number);
    if (known) return known;
    if (!number.isPhone) return unknown(number);
    const found = await this.#numbers.find(instanceId, session, userOf(number.jid));
    if (!found) throw failure('number_unregistered');
    return privateTarget(found, await this.#contacts(instanceId).find(found));
  }

  async #known(instanceId: string, number: ChatNumber): Promise<ChatTarget | null> {
    const { kind, jid, isPhone } = number;
    if (kind === 'group' || kind === 'newsletter' || kind === 'status') {
      return { kind, jid, lid: null, address: { kind, jid }, key: jid };
    }
    const contacts = this.#contacts(instanceId);
    for (const person of isPhone ? numberVariants(userOf(jid)).map(phone) : [personNamed(number)]) {
      const contact = await contacts.find(person);
      if (contact) return privateTarget(contact, contact);
    }
    return null;
  }

  #contacts(instanceId: string): Contacts {
    return new Contacts(this.#db, instanceId, 0); // reads only: the time is that of writes
  }
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
