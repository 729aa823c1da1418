import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';
import { lastMessages } from './messages/stored-messages.ts';

/** Archives a chat on every device of the account, or takes it out of the archive. */
export async function archiveChat(
  instance: InstanceRow,
  { number, archive }: { number: ChatNumber; archive: boolean },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, archive ? 'archive chat' : 'unarchive chat', deps);
  const chat = await action.target(number);
  const last = await lastMessages(instance, chat, deps);
  await action.ask(() => action.session.chats.archive(chat.jid, archive, last));
  return chat;
}
