import type { MessageRow } from '../storage/schema.ts';
import { readMessage } from '../whatsapp/stored-message.ts';
import { amend } from './amend.ts';
import type { ChatPlace, Mailbox } from './mailbox.ts';
import { reportSent, reportStatus } from './report.ts';

/*
 * What became of a message of ours. It is looked up by its id each time: while it was on its way, its chat may have
 * moved to another row.
 */

/** WhatsApp's server took it. Resolves with its chat, null when there is no such message. */
export async function accepted(mailbox: Mailbox, id: string, late = false): Promise<ChatPlace | null> {
  const found = await find(mailbox, id);
  if (!found) return null;
  const { row, place } = found;
  if (await mailbox.messages.advance(row, 'sent')) {
    await reportSent(mailbox, row);
    await amendTarget(mailbox, row);
    if (late) await reportOutcome(mailbox, id, place, { status: 'sent' });
  }
  return place;
}

/** What we edited or took away is changed here, too, as soon as WhatsApp has it. */
async function amendTarget(mailbox: Mailbox, row: MessageRow): Promise<void> {
  if (row.type !== 'message_edit' && row.type !== 'message_revoke') return;
  const content = readMessage(row.content_proto);
  const { chat, is_group } = row;
  if (content) await amend(mailbox, { chat, fromMe: true, sender: null, isGroup: is_group === 1, content });
}

/** It was not sent; with the code of WhatsApp's refusal when the server had taken it, which is then reported. */
export async function refused(mailbox: Mailbox, id: string, code: number | null): Promise<void> {
  const found = await find(mailbox, id);
  if (!found || !(await mailbox.messages.advance(found.row, 'failed', code))) return;
  if (code !== null) await reportOutcome(mailbox, id, found.place, { status: 'failed', code });
}

async function find(mailbox: Mailbox, id: string): Promise<{ row: MessageRow; place: ChatPlace } | null> {
  const row = await mailbox.messages.findSent(id);
  const place = row && (await mailbox.placeOfStored(row));
  return row && place ? { row, place } : null;
}

async function reportOutcome(
  mailbox: Mailbox,
  id: string,
  place: ChatPlace,
  outcome: { status: 'sent' } | { status: 'failed'; code: number },
): Promise<void> {
  await reportStatus(mailbox, {
    ...outcome,
    ids: [id],
    place,
    recipient: place.view.jid,
    messageSender: place.view.type === 'group' ? mailbox.scope.self.jid : null,
    isFromMe: true,
    at: mailbox.scope.now,
  });
}
