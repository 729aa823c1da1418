import { failure } from '../../failure.ts';
import { Contacts } from '../../mailbox/contacts.ts';
import { Messages } from '../../mailbox/messages.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatAddress } from '../../whatsapp/inbound/origin.ts';
import type { Session } from '../../whatsapp/session.ts';
import type { SendDeps } from './deps.ts';

/**
 * While WhatsApp does not let the account start new chats, every further attempt prolongs that: a message to a person
 * without a chat is refused here. Throws `new_chats_locked`.
 */
export async function requireOpenChat(
  { id }: InstanceRow,
  { newChatsLockedUntil }: Pick<Session, 'newChatsLockedUntil'>,
  chat: ChatAddress,
  { db, clock }: Pick<SendDeps, 'db' | 'clock'>,
): Promise<void> {
  const now = clock.now();
  if (newChatsLockedUntil <= now || chat.kind !== 'private') return;
  const contact = await new Contacts(db, id, now).find(chat.person);
  const isOpen = contact && (await new Messages(db, id, now).isOpen(contact.id));
  if (!isOpen) throw failure('new_chats_locked');
}
