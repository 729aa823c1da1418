import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

/** Blocks a person or lifts the block; resolves with how many people are blocked then. */
export async function blockContact(
  instance: InstanceRow,
  { number, block }: { number: ChatNumber; block: boolean },
  deps: ChatDeps,
): Promise<{ contact: ChatTarget; blockedCount: number }> {
  const action = new ChatAction(instance, block ? 'block contact' : 'unblock contact', deps);
  const contact = await action.target(number);
  const blockedCount = await action.ask(() => action.session.chats.block(contact.jid, block));
  return { contact, blockedCount };
}
