import type { InstanceRow } from '../../../storage/schema.ts';
import type { ChatNumber } from '../../../whatsapp/recipient.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatTarget } from '../chat-target.ts';
import type { ChatDeps } from '../deps.ts';

/** Sends a read receipt for one message; a channel takes none, so its message is read here alone. */
export async function markMessageRead(
  instance: InstanceRow,
  { messageId, number, sender }: { messageId: string; number: ChatNumber; sender: ChatNumber | undefined },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, 'mark message as read', deps);
  const chat = await action.target(number);
  const author = sender && (await action.target(sender));
  const participant = author && (author.lid ?? author.jid);
  if (chat.kind !== 'newsletter') {
    const inRoom = chat.kind === 'group' || chat.kind === 'status';
    const receipt = { chat: chat.jid, id: messageId, ...(inRoom && participant && { participant }) };
    await action.ask(() => action.session.markRead([receipt]));
  }
  const { key } = chat;
  if (key !== null) await action.mailbox(({ chats }) => chats.readMessages(key, [messageId]));
  return chat;
}
