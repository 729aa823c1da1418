import type { InstanceRow } from '../../storage/schema.ts';
import { parseJid } from '../../whatsapp/jid.ts';
import { textKind } from '../../whatsapp/outbound/text.ts';
import type { SendDeps } from './deps.ts';
import { sendMessage } from './send-message.ts';

/** What the text's `message.exchange` names as its origin. */
const SOURCE = 'auto_reject';

/** Sends the text of `callRejectMessage` to a person (`to`: JID) whose call was rejected. */
export async function answerCaller(
  instance: InstanceRow,
  { to, text }: { to: string; text: string },
  deps: SendDeps,
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
    kind: textKind({ text }),
  };
  await sendMessage(instance, request, deps);
}
