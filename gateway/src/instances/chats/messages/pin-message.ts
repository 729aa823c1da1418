import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import { messagePin } from '../../../whatsapp/outbound/change.ts';
import { newMessageId } from '../../../whatsapp/outbound/message-id.ts';
import type { SendDeps } from '../../sending/deps.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatDeps } from '../deps.ts';
import { findMessage } from './stored-messages.ts';

/**
 * Pins a message for everybody in its chat, or unpins it (`seconds` null); resolves once WhatsApp acknowledged
 * it. A pin is no message of the conversation: it leaves neither record nor event. Throws `message_to_pin_unknown`.
 */
export async function pinMessage(
  instance: InstanceRow,
  { messageId, seconds }: { messageId: string; seconds: number | null },
  deps: ChatDeps & Pick<SendDeps, 'random'>,
): Promise<{ chat: string }> {
  const action = new ChatAction(instance, seconds === null ? 'unpin message' : 'pin message', deps);
  const found = await findMessage(instance, messageId, deps);
  if (!found) throw failure('message_to_pin_unknown', { id: messageId });
  const { chat } = found.key;
  await action.ask(() => {
    const { message, edit } = messagePin(found.key, seconds, deps.clock.now());
    const id = newMessageId(deps.random);
    return action.session.send({ id, to: chat, content: message, ...(edit && { edit }) });
  });
  return { chat };
}
