import type { MessageRow } from '../../storage/schema.ts';
import type { MessageType } from '../../whatsapp/inbound/content.ts';
import type { Built } from '../../whatsapp/outbound/kind.ts';
import type { ChatAction } from '../chats/chat-actions.ts';
import type { Sender } from './sender.ts';

/** Sends a message that changes a stored one, into the chat of that one; it is told like every message of ours. */
export async function sendChange(
  action: ChatAction,
  row: MessageRow,
  built: Built,
  { sender, type, content }: { sender: Sender; type: MessageType; content: string },
): Promise<void> {
  const target = await action.targetOf(row);
  await sender.send(action.instance, {
    target,
    build: async () => built,
    type,
    content,
    source: 'api',
    delay: 0,
    onId: () => {},
  });
}
