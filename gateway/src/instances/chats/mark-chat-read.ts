import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';
import { authorJid, lastMessages } from './messages/stored-messages.ts';

/** Receipts of one call. Older unread messages of the chat get none; the chat itself is read all the same. */
const MAX_RECEIPTS = 1_000;

interface UnreadMessage {
  chat: string;
  id: string;
  participant?: string;
}

/** Marks a whole chat as read, with a receipt for each unread message, or as unread. */
export async function markChatRead(
  instance: InstanceRow,
  { number, read }: { number: ChatNumber; read: boolean },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, read ? 'mark chat as read' : 'mark chat as unread', deps);
  const { session } = action;
  const chat = await action.target(number);
  const last = await lastMessages(instance, chat, deps);
  const unread = read && chat.kind !== 'newsletter' ? await unreadMessages(instance, chat, action, deps) : [];
  await action.ask(async () => {
    if (unread.length > 0) await session.markRead(unread);
    await session.chats.markRead(chat.jid, read, last);
  });
  return chat;
}

/** Unread messages of a chat, as receipts name them. */
async function unreadMessages(
  instance: InstanceRow,
  { key, jid }: ChatTarget,
  action: ChatAction,
  deps: ChatDeps,
): Promise<UnreadMessage[]> {
  if (key === null) return [];
  const rows = await action.mailbox(({ chats }) => chats.unread(key, MAX_RECEIPTS));
  return Promise.all(
    rows.map(async ({ message_id, sender }) => {
      const author = jid.endsWith('@g.us') ? await authorJid(instance, sender, deps) : null;
      return { chat: jid, id: message_id, ...(author && { participant: author }) };
    }),
  );
}
