import { failure } from '../../failure.ts';
import { textEdit } from '../../whatsapp/outbound/change.ts';
import type { ChatAction } from '../chats/chat-actions.ts';
import { sendChange } from './send-change.ts';
import type { Sender } from './sender.ts';

/** WhatsApp's limit; its apps ignore later edits. */
const EDITABLE_MS = 15 * 60_000;

/** Edits a text that the account sent; resolves once WhatsApp acknowledged it, with the chat and the text before. */
export async function editMessage(
  action: ChatAction,
  { messageId, content }: { messageId: string; content: string },
  { sender }: { sender: Sender },
): Promise<{ chat: string; before: string }> {
  const row = await action.message(messageId);
  const key = row && (await action.keyOf(row));
  if (!key) throw failure('message_to_change_unknown');
  const { from_me, type, sent_at } = row;
  if (from_me !== 1) throw failure('field_invalid', { text: 'can only edit messages sent by this instance' });
  if (type !== 'text') throw failure('field_invalid', { text: 'can only edit text messages' });
  if (action.clock.now() - sent_at > EDITABLE_MS) {
    throw failure('field_invalid', { text: 'message is too old to edit (limit is 15 minutes)' });
  }
  const built = textEdit(key, content, action.clock.now());
  await action.perform(() => sendChange(action, row, built, { sender, type: 'message_edit', content }));
  return { chat: key.chat, before: row.content };
}
