import { failure } from '../../failure.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

/** WhatsApp's apps pin no more; its servers would take a fourth. */
const PINNED_CHATS = 3;

/** Pins a chat at the top of the list, or unpins it. Throws `field_invalid` for a fourth one. */
export async function pinChat(
  instance: InstanceRow,
  { number, pin }: { number: ChatNumber; pin: boolean },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, pin ? 'pin chat' : 'unpin chat', deps);
  const chat = await action.target(number);
  if (pin) await action.mailbox((mailbox) => requirePlace(mailbox, chat.key ?? ''));
  await action.ask(() => action.session.chats.pin(chat.jid, pin));
  return chat;
}

async function requirePlace({ chats }: Mailbox, chat: string): Promise<void> {
  const isPinned = ((await chats.find(chat))?.pinned_at ?? null) !== null;
  if (!isPinned && (await chats.pinnedBeside(chat)) >= PINNED_CHATS) {
    throw failure('field_invalid', { text: `Cannot pin more than ${PINNED_CHATS} chats` });
  }
}
