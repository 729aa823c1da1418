import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { revocation } from '../../../whatsapp/outbound/change.ts';
import type { SendDeps } from '../../sending/deps.ts';
import { ChatAction } from '../chat-action.ts';
import { sendChange } from './send-change.ts';
import { findMessage, type StoredMessage } from './stored-messages.ts';

/** Deletes a message for everybody, or on the account's own devices. Throws `message_to_change_unknown`. */
export async function deleteMessage(
  instance: InstanceRow,
  { messageId, forEveryone }: { messageId: string; forEveryone: boolean },
  deps: SendDeps,
): Promise<{ chat: string }> {
  const action = new ChatAction(instance, 'delete message', deps);
  const found = await findMessage(instance, messageId, deps);
  if (!found) throw failure('message_to_change_unknown');
  const { row, key } = found;
  if (forEveryone) requireRevocable(found);
  await action.ask(() =>
    forEveryone
      ? sendChange(instance, { row, built: revocation(key), type: 'message_revoke', content: '' }, deps)
      : action.session.chats.removeMessage(key, row.sent_at),
  );
  return { chat: key.chat };
}

/** A message of another person can be deleted for everybody by an admin only, so in groups only. */
function requireRevocable({ row, key }: StoredMessage): void {
  if (key.fromMe || row.is_group !== 0) return;
  throw failure('field_invalid', { text: 'can only delete for everyone messages sent by this instance' });
}
