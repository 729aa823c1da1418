import { inParts } from '../../storage/in-parts.ts';
import type { Queries } from '../../storage/queries.ts';
import type { ContactRow } from '../../storage/schema.ts';
import { privateChatView, userView } from '../views.ts';

/** How a person or a chat is shown. */
export interface DisplayName {
  /** A person's phone JID when it is known, else the LID. */
  jid: string;
  lid: string | null;
  /** As the title of a chat; null when it is not known. */
  title: string | null;
  /** As the author of a message; null when it is not known. */
  name: string | null;
}

export type DisplayNameOf = (key: string) => DisplayName;

/** Display names by key: `contacts.id`, or the JID of a room. An unknown key shows itself. */
export async function displayNamesOf(
  db: Queries,
  instanceId: string,
  keys: Iterable<string>,
): Promise<DisplayNameOf> {
  const displayNames = new Map<string, DisplayName>();
  for (const part of inParts([...new Set(keys)])) {
    const people = await db
      .selectFrom('contacts')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .where('id', 'in', part)
      .execute();
    for (const contact of people) displayNames.set(contact.id, personName(contact));
    const rooms = part.filter((key) => key.includes('@'));
    if (rooms.length === 0) continue;
    for (const { jid, name } of await roomNames(db, instanceId, rooms))
      displayNames.set(jid, roomName(jid, name));
  }
  return (key) => displayNames.get(key) ?? roomName(key, null);
}

export function personName(contact: ContactRow): DisplayName {
  const { jid, name } = userView(contact, contact);
  const title = privateChatView(contact, contact).name;
  return { jid, lid: contact.lid, title: title || null, name: name || null };
}

function roomName(jid: string, name: string | null): DisplayName {
  return { jid, lid: null, title: name || null, name: name || null };
}

async function roomNames(db: Queries, instanceId: string, jids: string[]) {
  const named = await db
    .selectFrom('chats')
    .select(['chat as jid', 'name'])
    .where('instance_id', '=', instanceId)
    .where('chat', 'in', jids)
    .execute();
  const groups = await db
    .selectFrom('groups')
    .select(['jid', 'subject as name'])
    .where('instance_id', '=', instanceId)
    .where('jid', 'in', jids)
    .execute();
  const newsletters = await db
    .selectFrom('newsletters')
    .select(['jid', 'name'])
    .where('instance_id', '=', instanceId)
    .where('jid', 'in', jids)
    .execute();
  return [...named, ...groups, ...newsletters].filter(({ name }) => name);
}
