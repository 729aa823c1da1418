import type { InstanceRow } from '../../storage/schema.ts';
import type { ChatNumber } from '../../whatsapp/recipient.ts';
import { ChatAction } from './chat-action.ts';
import type { ChatTarget } from './chat-target.ts';
import type { ChatDeps } from './deps.ts';

/** WhatsApp's value of a mute without end. */
const FOREVER = -1;

/** Mutes a chat for so many seconds (0 = without end), or unmutes it. */
export async function muteChat(
  instance: InstanceRow,
  { number, mute, seconds }: { number: ChatNumber; mute: boolean; seconds: number },
  deps: ChatDeps,
): Promise<ChatTarget> {
  const action = new ChatAction(instance, mute ? 'mute chat' : 'unmute chat', deps);
  const chat = await action.target(number);
  const end = seconds === 0 ? FOREVER : deps.clock.now() + seconds * 1_000;
  await action.ask(() => action.session.chats.mute(chat.jid, mute ? end : null));
  return chat;
}
