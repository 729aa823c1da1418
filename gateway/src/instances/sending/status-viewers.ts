import { Contacts } from '../../mailbox/contacts.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { addressOf, type Person, personOf } from '../../whatsapp/jid.ts';
import type { StatusAudience } from '../../whatsapp/ports/status.ts';
import type { Self, Session } from '../../whatsapp/session.ts';

/** Each viewer costs a ciphertext for each of their devices. */
const MAX_VIEWERS = 5_000;

/**
 * Those for whom a status is encrypted, the account's own devices among them: whom the phone's setting names, or the
 * people in its address book. A person who only wrote to the account or shares a group with it is no contact. Throws
 * `SendFailed` when WhatsApp does not answer for whom it is meant: nothing is published then.
 */
export async function statusViewers(
  { id }: Pick<InstanceRow, 'id'>,
  session: Pick<Session, 'status' | 'self'>,
  { db }: { db: Queries },
): Promise<string[]> {
  const audience = await session.status.audience();
  const contacts = new Contacts(db, id, 0); // reads only: the time is that of writes
  const people = await viewersOf(contacts, audience, session.self);
  return [session.self.jid, ...people.map(addressOf)];
}

/** Each person once, under any of their addresses. */
async function viewersOf(contacts: Contacts, audience: StatusAudience, self: Self): Promise<Person[]> {
  const named = audience.kind === 'contacts' ? [] : audience.people.flatMap((jid) => personOf(jid) ?? []);
  const known = await contacts.among(named);
  const complete = named.map((person) => known(person) ?? person);
  const addresses = (people: Person[]) => new Set(people.flatMap(({ jid, lid }) => [jid, lid]));
  const excepted = addresses(audience.kind === 'contacts_except' ? [...complete, self] : [self]);
  excepted.delete(null);
  const candidates = audience.kind === 'only' ? complete : await contacts.saved(MAX_VIEWERS);
  const viewers: Person[] = [];
  for (const person of candidates) {
    if (excepted.has(person.jid) || excepted.has(person.lid)) continue;
    viewers.push(person);
    for (const address of [person.jid, person.lid]) if (address) excepted.add(address);
    if (viewers.length === MAX_VIEWERS) break;
  }
  return viewers;
}
