import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

/** Makes a chat a favorite of this instance alone: WhatsApp keeps favorites as one list, which would be overwritten. */
export async function favoriteChat(
  instance: InstanceRow,
  { number, favorite }: { number: ChatNumber; favorite: boolean },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, favorite ? 'favorite message' : 'unfavorite message', deps);
  const chat = await action.target(number);
  await action.mailbox(async (mailbox) => {
    const { key } = await mailbox.placeOf(chat.address, 'query');
    await mailbox.chats.set(key, { favorite });
  });
  return chat;
}
