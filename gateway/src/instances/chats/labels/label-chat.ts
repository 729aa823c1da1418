import { failure } from '../../../failure.ts';
import type { InstanceRow } from '../../../storage/schema.ts';
import type { ChatNumber } from '../../../whatsapp/recipient.ts';
import { ChatAction } from '../chat-action.ts';
import type { ChatTarget } from '../chat-target.ts';
import type { ChatDeps } from '../deps.ts';

/**
 * Puts a label on a chat, or takes it off. Throws `label_unknown`: a label that is deleted can be taken off while its
 * chats still carry it, and cannot be put on a chat.
 */
export async function labelChat(
  instance: InstanceRow,
  { number, labelId, labeled }: { number: ChatNumber; labelId: string; labeled: boolean },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, labeled ? 'assign tag' : 'remove tag', deps);
  const label = await action.mailbox(({ labels }) => labels.find(labelId));
  const isUsable = labeled ? label?.state === 'present' : label && label.state !== 'gone';
  if (!isUsable) throw failure('label_unknown');
  const chat = await action.target(number);
  await action.ask(() => action.session.chats.labelChat(labelId, chat.jid, labeled));
  return chat;
}
