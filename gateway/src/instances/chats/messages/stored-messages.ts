import type { Clock } from '../../../clock.ts';
import { Contacts } from '../../../mailbox/contacts.ts';
import { Messages } from '../../../mailbox/messages.ts';
import type { Queries } from '../../../storage/queries.ts';
import type { ContactRow, InstanceRow, MessageRow } from '../../../storage/schema.ts';
import { parseJid } from '../../../whatsapp/jid.ts';
import type { ChatMessageKey, LastMessage } from '../../../whatsapp/ports/chats.ts';
import { personTarget, type Target } from '../../sending/target.ts';
import type { ChatTarget } from '../chat-target.ts';

interface Deps {
  db: Queries;
  clock: Clock;
}

/** As many of the newest messages as WhatsApp Web names when it archives or reads a chat. */
const LAST_MESSAGES = 5;

/** A stored message and how WhatsApp names it. */
export interface StoredMessage {
  row: MessageRow;
  key: ChatMessageKey;
}

/** The newest stored messages of a chat, newest first. */
export async function lastMessages(
  instance: InstanceRow,
  { key, jid }: ChatTarget,
  deps: Deps,
): Promise<LastMessage[]> {
  if (key === null) return [];
  const rows = await messagesOf(instance, deps).newestIn(key, LAST_MESSAGES);
  return Promise.all(
    rows.map(async (row) => ({ key: await keyIn(instance, jid, row, deps), at: row.sent_at })),
  );
}

/** By id alone; undefined when it is not stored. */
export function findRow(instance: InstanceRow, id: string, deps: Deps): Promise<MessageRow | undefined> {
  return messagesOf(instance, deps).find(id);
}

/** By id alone; null when it is not stored, or its chat is gone. */
export async function findMessage(
  instance: InstanceRow,
  id: string,
  deps: Deps,
): Promise<StoredMessage | null> {
  const row = await findRow(instance, id, deps);
  if (!row) return null;
  const { chat } = row;
  const jid = chat.includes('@') ? chat : jidOf(await contactsOf(instance, deps).byId(chat));
  return jid === null ? null : { row, key: await keyIn(instance, jid, row, deps) };
}

/** The chat of a stored message, as the target of a message that changes it. */
export async function targetOf(instance: InstanceRow, { chat }: MessageRow, deps: Deps): Promise<Target> {
  const room = parseJid(chat);
  if (room?.kind === 'group' || room?.kind === 'newsletter' || room?.kind === 'status') {
    return { to: room.jid, chat: { kind: room.kind, jid: room.jid } };
  }
  return personTarget((await contactsOf(instance, deps).byId(chat)) ?? { jid: null, lid: null });
}

/** The JID by which a group names the author of a message: the LID where it is known. */
export async function authorJid(
  instance: InstanceRow,
  sender: string | null,
  deps: Deps,
): Promise<string | null> {
  const contact = sender === null ? undefined : await contactsOf(instance, deps).byId(sender);
  return contact?.lid ?? contact?.jid ?? null;
}

async function keyIn(
  instance: InstanceRow,
  chat: string,
  row: MessageRow,
  deps: Deps,
): Promise<ChatMessageKey> {
  const isForeign = row.is_group === 1 && row.from_me === 0;
  const participant = isForeign ? await authorJid(instance, row.sender, deps) : null;
  return { chat, id: row.message_id, fromMe: row.from_me === 1, participant };
}

function messagesOf({ id }: InstanceRow, { db, clock }: Deps): Messages {
  return new Messages(db, id, clock.now());
}

function contactsOf({ id }: InstanceRow, { db, clock }: Deps): Contacts {
  return new Contacts(db, id, clock.now());
}

function jidOf(contact: ContactRow | undefined): string | null {
  return contact?.jid ?? contact?.lid ?? null;
}
