import { noteOffer, reportCall } from '../../mailbox/calls.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { CallNotice } from '../../whatsapp/call.ts';

/** Reports what happened to a call; false when it was known. */
export async function ingestCall(mailbox: Mailbox, notice: CallNotice): Promise<boolean> {
  if (notice.isVideo !== null) await noteOffer(mailbox, notice);
  // A device may hear twice how a call ended (from the callee and from our phone); a latency is new each time.
  const key = notice.change === 'latency' ? notice.stanzaId : '';
  return reportCall(mailbox, { ...notice, key });
}
