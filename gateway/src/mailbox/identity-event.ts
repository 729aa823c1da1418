import { timestamp } from '../clock.ts';
import type { NewEvent } from '../events/new-event.ts';
import type { ContactRow } from '../storage/schema.ts';
import type { IdentityChange } from './contacts.ts';
import { userView } from './views.ts';

/** `contact.identity`: a pair of phone JID and LID was learned or has changed. */
export function identityEvent(
  contact: ContactRow,
  { previousJid, previousLid }: IdentityChange,
  origin: string,
  now: number,
): NewEvent {
  const { jid, lid, name } = userView(contact, contact);
  return {
    kind: 'contact.identity',
    lane: null,
    dedupeKey: null,
    data: { jid, lid, name, previousJid, previousLid, origin, timestamp: timestamp(now) },
  };
}
