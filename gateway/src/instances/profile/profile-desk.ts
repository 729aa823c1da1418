import type { Clock } from '../../clock.ts';
import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import type { NumberCache } from '../../mailbox/number-cache.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { addressOf, type Person, userOf } from '../../whatsapp/jid.ts';
import {
  PictureFailed,
  type PictureOptions,
  pictureText,
  squarePicture,
} from '../../whatsapp/media/outgoing/picture.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import type { Session } from '../../whatsapp/session.ts';
import { attempted } from '../operation.ts';

/** A picture that takes longer is shown as none (`account-features.md`). */
const PICTURE_TIMEOUT_MS = 5_000;

type Asked = Pick<Session, 'profile' | 'self' | 'lookUpNumbers' | 'phoneOf'>;

export interface ProfileDeskOptions {
  db: Queries;
  clock: Clock;
  fetch: PictureOptions['fetch'];
  numbers: NumberCache;
  sessions: { session(instanceId: string): Asked };
}

/** What is left out keeps its value. */
export interface ProfileChange {
  /** URL or data URI; '' takes the picture away. */
  profilePicture: string | undefined;
  profileName: string | undefined;
  profileStatus: string | undefined;
}

/** What is known of somebody; what WhatsApp did not tell is null. */
export interface Profile {
  person: Person;
  name: string | null;
  about: string | null;
  pictureUrl: string | null;
}

/** The account's own profile and those of others. Throws what the contract's rows say. */
export class ProfileDesk {
  readonly #options: ProfileDeskOptions;

  constructor(options: ProfileDeskOptions) {
    this.#options = options;
  }

  /** Applies picture, name and about, in this order; resolves with the names of what was applied. */
  async update(instance: InstanceRow, change: ProfileChange): Promise<string[]> {
    const { profilePicture, profileName, profileStatus } = change;
    const { profile } = this.#options.sessions.session(instance.id);
    const picture = profilePicture ? await this.#picture(profilePicture) : null;
    const steps: [string, unknown, () => Promise<void>][] = [
      ['profilePicture', profilePicture, () => profile.setPicture(picture)],
      ['profileName', profileName, () => profile.setName(profileName ?? '')],
      ['profileStatus', profileStatus, () => profile.setAbout(profileStatus ?? '')],
    ];
    const asked = steps.filter(([, value]) => value !== undefined);
    for (const [field, , apply] of asked) {
      await attempted(this.#options.clock, `Failed to update profile: ${field}`, apply);
    }
    return asked.map(([field]) => field);
  }

  own(instance: InstanceRow): Promise<Profile> {
    return this.#asked(instance, (session) => {
      const { name, ...person } = session.self;
      return read(session, person, name || null);
    });
  }

  /** Throws `number_unregistered` when nobody has the number. */
  of(instance: InstanceRow, number: ChatNumber): Promise<Profile> {
    return this.#asked(instance, async (session) => {
      const contacts = new Contacts(this.#options.db, instance.id, 0); // reads only: the time is that of writes
      const person = await this.#personOf(instance, session, number, contacts);
      if (!person) throw failure('number_unregistered');
      const contact = await contacts.find(person);
      const name = contact?.push_name || contact?.verified_name;
      return read(session, person, name || (await session.profile.businessName(addressOf(person))));
    });
  }

  /** A LID whose phone is not known exists when it has devices. */
  async #personOf(
    instance: InstanceRow,
    session: Asked,
    { kind, jid }: ChatNumber,
    contacts: Contacts,
  ): Promise<Person | null> {
    if (kind !== 'lid') return this.#options.numbers.find(instance.id, session, userOf(jid));
    const phone = (await contacts.find({ jid: null, lid: jid }))?.jid ?? (await session.phoneOf(jid));
    if (phone) return { jid: phone, lid: jid };
    return (await session.profile.hasDevices(jid)) ? { jid: null, lid: jid } : null;
  }

  async #picture(source: string): Promise<Uint8Array> {
    try {
      return await squarePicture(source, { fetch: this.#options.fetch, rawBase64: false });
    } catch (error) {
      if (!(error instanceof PictureFailed)) throw error;
      throw failure('field_invalid', { text: pictureText(error.problem, 'profilePicture') }, error);
    }
  }

  #asked<T>(instance: InstanceRow, ask: (session: Asked) => Promise<T>): Promise<T> {
    const session = this.#options.sessions.session(instance.id);
    return attempted(this.#options.clock, 'Failed to get profile', () => ask(session));
  }
}

async function read({ profile }: Asked, person: Person, name: string | null): Promise<Profile> {
  const [pictureUrl, about] = await Promise.all([
    profile.pictureUrl(addressOf(person), PICTURE_TIMEOUT_MS),
    profile.about(addressOf(person)),
  ]);
  return { person, name, about, pictureUrl };
}
