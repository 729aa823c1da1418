import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { addressOf, type Person, userOf } from '../../whatsapp/jid.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { askWithinAMinute, failedWith } from '../ask-whatsapp.ts';
import type { ProfileDeps } from './deps.ts';

/** A picture that takes longer is shown as none. */
const PICTURE_TIMEOUT_MS = 5_000;

const failed = failedWith('Failed to get profile');

type ProfileSession = ReturnType<ProfileDeps['sessions']['session']>;

/** What is known of a person; what WhatsApp does not give is null. */
export interface Profile {
  person: Person;
  name: string | null;
  about: string | null;
  pictureUrl: string | null;
}

/** The account's own profile. */
export async function readOwnProfile(instance: InstanceRow, deps: ProfileDeps): Promise<Profile> {
  const session = deps.sessions.session(instance.id);
  const { name, ...person } = session.self;
  return askWithinAMinute(deps.clock, failed, () => read(session, person, name || null));
}

/** The profile of a number. Throws `number_unregistered` when the number is not on WhatsApp. */
export async function readProfile(
  instance: InstanceRow,
  number: ChatNumber,
  deps: ProfileDeps,
): Promise<Profile> {
  const session = deps.sessions.session(instance.id);
  return askWithinAMinute(deps.clock, failed, async () => {
    const contacts = new Contacts(deps.db, instance.id, 0); // reads only: the time is that of writes
    const person = await findPerson(instance, session, { number, contacts }, deps);
    if (!person) throw failure('number_unregistered');
    const contact = await contacts.find(person);
    const name = contact?.push_name || contact?.verified_name;
    return read(session, person, name || (await session.profile.businessName(addressOf(person))));
  });
}

/** A LID whose phone number is not known exists when it has devices. */
async function findPerson(
  instance: InstanceRow,
  session: ProfileSession,
  { number: { kind, jid }, contacts }: { number: ChatNumber; contacts: Contacts },
  { numbers }: ProfileDeps,
): Promise<Person | null> {
  if (kind !== 'lid') return numbers.find(instance.id, session, userOf(jid));
  const phone = (await contacts.find({ jid: null, lid: jid }))?.jid ?? (await session.phoneOf(jid));
  if (phone) return { jid: phone, lid: jid };
  return (await session.profile.hasDevices(jid)) ? { jid: null, lid: jid } : null;
}

async function read({ profile }: ProfileSession, person: Person, name: string | null): Promise<Profile> {
  const [pictureUrl, about] = await Promise.all([
    profile.pictureUrl(addressOf(person), PICTURE_TIMEOUT_MS),
    profile.about(addressOf(person)),
  ]);
  return { person, name, about, pictureUrl };
}
