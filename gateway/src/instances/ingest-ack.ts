import type { Mailbox } from '../mailbox/mailbox.ts';
import { reportSent, reportStatus } from '../mailbox/report.ts';

/** WhatsApp's word on a send whose caller was told that none came: taken, or refused with `code`. */
export async function ingestAck(mailbox: Mailbox, id: string, code: number | null): Promise<void> {
  const row = await mailbox.messages.findSent(id);
  const place = row && (await mailbox.placeOfStored(row));
  if (!row || !place) return;
  const moved = await mailbox.messages.advance(row, code === null ? 'sent' : 'failed', code);
  if (!moved) return;
  if (code === null) await reportSent(mailbox, row);
  await reportStatus(mailbox, {
    status: code === null ? 'sent' : 'failed',
    ids: [id],
    place,
    recipient: place.view.jid,
    messageSender: place.view.type === 'group' ? mailbox.scope.self.jid : null,
    isFromMe: true,
    at: mailbox.scope.now,
    ...(code !== null && { code }),
  });
}
