import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import type { ChatFiles } from '../media/chat-files.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';
import { lastMessages } from './messages/stored-messages.ts';

export interface DeleteChatDeps extends ChatDeps {
  files: Pick<ChatFiles, 'of' | 'delete'>;
}

/** Takes a chat off the list of every device, with its messages and, when asked, its stored files. */
export async function deleteChat(
  instance: InstanceRow,
  { number, deleteMedia }: { number: ChatNumber; deleteMedia: boolean },
  deps: DeleteChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, 'delete chat', deps);
  const chat = await action.target(number);
  const last = await lastMessages(instance, chat, deps);
  // The rows of the files go with the messages, which WhatsApp's echo of the deletion removes.
  const files = deleteMedia && chat.key !== null ? await deps.files.of(instance.id, chat.key) : [];
  await action.ask(() => action.session.chats.remove(chat.jid, last));
  await deps.files.delete(instance.id, files);
  return chat;
}
