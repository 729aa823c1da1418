import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatDeps } from '../deps.ts';
import { findMessage } from './stored-messages.ts';

/** Stars a stored message on every device of the account, or takes the star away. Throws `message_unknown`. */
export async function starMessage(
  instance: InstanceRow,
  { messageId, favorite }: { messageId: string; favorite: boolean },
  deps: ChatDeps,
): Promise<{ chat: string }> {
  const action = new ChatAction(instance, favorite ? 'favorite message' : 'unfavorite message', deps);
  const found = await findMessage(instance, messageId, deps);
  if (!found) throw failure('message_unknown');
  await action.ask(() => action.session.chats.star(found.key, favorite));
  return { chat: found.key.chat };
}
