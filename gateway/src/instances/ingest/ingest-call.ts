import { noteOffer, reportCall } from '../../mailbox/calls.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { CallNotice } from '../../whatsapp/call.ts';

/** Reports what happened to a call; false when it was known. */
export async function ingestCall(mailbox: Mailbox, notice: CallNotice): Promise<boolean> {
  if (notice.isVideo !== null) await noteOffer(mailbox, notice);
  // A device may be notified twice of how a call ended (by the callee and by our phone); a latency is new each time.
  const key = notice.change === 'latency' ? notice.stanzaId : '';
  return reportCall(mailbox, { ...notice, key });
}
