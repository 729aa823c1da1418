import type { Mailbox } from '../mailbox/mailbox.ts';
import { accepted, refused, reportOutcome } from '../mailbox/outcome.ts';

/** WhatsApp's word on a send whose caller was told that none came: taken, or refused with `code`. */
export async function ingestAck(mailbox: Mailbox, id: string, code: number | null): Promise<void> {
  const row = await mailbox.messages.findSent(id);
  const place = row && (await mailbox.placeOfStored(row));
  if (!row || !place) return;
  if (code !== null) await refused(mailbox, row, place, code);
  else if (await accepted(mailbox, row)) await reportOutcome(mailbox, row, place, { status: 'sent' });
}
