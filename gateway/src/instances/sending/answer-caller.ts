import type { InstanceRow } from '../../storage/schema.ts';
import { parseJid } from '../../whatsapp/jid.ts';
import { textKind } from '../../whatsapp/outbound/text.ts';
import { type SendOptions, sendMessage } from './send-message.ts';

/** What the text's `message.exchange` names as its origin. */
const SOURCE = 'auto_reject';

/** Sends the text of `callRejectMessage` to somebody whose call was turned away. */
export async function answerCaller(
  instance: InstanceRow,
  to: string,
  text: string,
  options: SendOptions,
): Promise<void> {
  const recipient = parseJid(to);
  if (!recipient) return;
  const request = {
    recipient,
    delay: 0,
    replyTo: undefined,
    replyPrivate: false,
    mention: [],
    mentionAll: false,
    source: SOURCE,
    onId: () => {},
  };
  await sendMessage(instance, request, textKind({ text }), options);
}
