import type { MessageRow } from '../storage/schema.ts';
import type { ChatPlace, Mailbox } from './mailbox.ts';
import { reportSent, reportStatus } from './report.ts';

/** WhatsApp's server took a message of ours; false when that was known. */
export async function accepted(mailbox: Mailbox, row: MessageRow): Promise<boolean> {
  if (!(await mailbox.messages.advance(row, 'sent'))) return false;
  await reportSent(mailbox, row);
  return true;
}

/** WhatsApp's server refused a message of ours after taking it. */
export async function refused(
  mailbox: Mailbox,
  row: MessageRow,
  place: ChatPlace,
  code: number,
): Promise<void> {
  if (!(await mailbox.messages.advance(row, 'failed', code))) return;
  await reportOutcome(mailbox, row, place, { status: 'failed', code });
}

/** The server's word on a message, as `message.status`. */
export async function reportOutcome(
  mailbox: Mailbox,
  row: MessageRow,
  place: ChatPlace,
  outcome: { status: 'sent' } | { status: 'failed'; code: number },
): Promise<void> {
  await reportStatus(mailbox, {
    ...outcome,
    ids: [row.message_id],
    place,
    recipient: place.view.jid,
    messageSender: place.view.type === 'group' ? mailbox.scope.self.jid : null,
    isFromMe: true,
    at: mailbox.scope.now,
  });
}
