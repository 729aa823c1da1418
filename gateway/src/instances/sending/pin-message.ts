import type { Clock } from '../../clock.ts';
import { messagePin } from '../../whatsapp/outbound/change.ts';
import { newMessageId } from '../../whatsapp/outbound/message-id.ts';
import type { ChatMessageKey } from '../../whatsapp/ports/chats.ts';
import type { Session } from '../../whatsapp/session.ts';

/**
 * Pins a message for everybody in its chat, or takes the pin away (`seconds` null); resolves once WhatsApp acknowledged
 * it. A pin is no message of the conversation: it leaves neither record nor event. Throws `SendFailed`.
 */
export async function pinMessage(
  session: Pick<Session, 'send'>,
  key: ChatMessageKey,
  seconds: number | null,
  { random, clock }: { random: (bytes: number) => Uint8Array; clock: Clock },
): Promise<void> {
  const { message, edit } = messagePin(key, seconds, clock.now());
  await session.send({ id: newMessageId(random), to: key.chat, content: message, ...(edit && { edit }) });
}
