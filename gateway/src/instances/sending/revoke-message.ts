import { failure } from '../../failure.ts';
import type { MessageRow } from '../../storage/schema.ts';
import { revocation } from '../../whatsapp/outbound/change.ts';
import type { ChatMessageKey } from '../../whatsapp/ports/chats.ts';
import type { ChatAction } from '../chats/chat-actions.ts';
import { sendChange } from './send-change.ts';
import type { Sender } from './sender.ts';

/**
 * Takes a message away for everybody; resolves once WhatsApp acknowledged it. Somebody else's goes as an admin's
 * revocation, which exists in groups only.
 */
export async function revokeMessage(
  action: ChatAction,
  row: MessageRow,
  key: ChatMessageKey,
  { sender }: { sender: Sender },
): Promise<void> {
  if (!key.fromMe && row.is_group === 0) {
    throw failure('field_invalid', { text: 'can only delete for everyone messages sent by this instance' });
  }
  const built = revocation(key);
  await action.perform(() => sendChange(action, row, built, { sender, type: 'message_revoke', content: '' }));
}
