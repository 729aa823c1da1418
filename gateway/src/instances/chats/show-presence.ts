import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatStates } from './chat-states.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

export interface PresenceDeps extends ChatDeps {
  chatStates: ChatStates;
}

export interface ShownPresence {
  number: ChatNumber;
  state: 'composing' | 'recording' | 'paused';
  /** How long it is kept up; 0 = as long as WhatsApp shows it. */
  seconds: number;
}

/** Shows "typing…" or "recording…" in a chat, or takes it back; resolves when it was sent. */
export async function showPresence(
  instance: InstanceRow,
  { number, state, seconds }: ShownPresence,
  deps: PresenceDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, 'update presence', deps);
  const chat = await action.target(number);
  await action.ask(() => deps.chatStates.show(instance, chat.jid, state, seconds));
  return chat;
}
