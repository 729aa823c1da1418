import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { textEdit } from '../../../whatsapp/outbound/change.ts';
import type { SendDeps } from '../../sending/deps.ts';
import { ChatAction } from '../chat-action.ts';
import { sendChange } from './send-change.ts';
import { findMessage } from './stored-messages.ts';

/** WhatsApp's limit; its apps ignore later edits. */
const EDITABLE_MS = 15 * 60_000;

/** Edits a text that the account sent; resolves once WhatsApp acknowledged it, with the chat and the text before. */
export async function editMessage(
  instance: InstanceRow,
  { messageId, content }: { messageId: string; content: string },
  deps: SendDeps,
): Promise<{ chat: string; before: string }> {
  const action = new ChatAction(instance, 'edit message', deps);
  const found = await findMessage(instance, messageId, deps);
  if (!found) throw failure('message_to_change_unknown');
  const { row, key } = found;
  const { from_me, type, sent_at } = row;
  const now = deps.clock.now();
  if (from_me !== 1) throw failure('field_invalid', { text: 'can only edit messages sent by this instance' });
  if (type !== 'text') throw failure('field_invalid', { text: 'can only edit text messages' });
  if (now - sent_at > EDITABLE_MS) {
    throw failure('field_invalid', { text: 'message is too old to edit (limit is 15 minutes)' });
  }
  const change = { row, built: textEdit(key, content, now), type: 'message_edit', content } as const;
  await action.ask(() => sendChange(instance, change, deps));
  return { chat: key.chat, before: row.content };
}
