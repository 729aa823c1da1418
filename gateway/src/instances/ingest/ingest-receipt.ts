import type { ChatPlace, Mailbox } from '../../mailbox/mailbox.ts';
import { reportSent, reportStatus } from '../../mailbox/report.ts';
import type { MessageStatus } from '../../mailbox/status.ts';
import { type ChatAddress, isMessageId, isSelf, plausibleTime } from '../../whatsapp/inbound/origin.ts';
import { type Person, parseJid, personOf } from '../../whatsapp/jid.ts';
import { receiptStatus } from '../../whatsapp/receipt-status.ts';
import type { Receipt } from '../../whatsapp/session.ts';

/** The words that move a message of ours forward when another user says them. */
const PROGRESS: Record<string, MessageStatus> = { delivered: 'delivered', read: 'read', played: 'played' };

/** The words by which another device of the account says that it showed incoming messages. */
const READ_BY_SELF = new Set(['read_self', 'played_self']);

/** Moves stored messages forward and reports `message.status`. */
export async function ingestReceipt(mailbox: Mailbox, receipt: Receipt): Promise<void> {
  const { self } = mailbox.scope;
  const from = personOf(receipt.from, receipt.fromAlt);
  const fromSelf = isSelf(from, self);
  const meaning = receiptStatus(receipt.type, fromSelf);
  const chat = chatOf(receipt, from);
  const ids = receipt.ids.filter(isMessageId);
  if (!meaning || !chat || !from || ids.length === 0) return;
  const { status, isFromMe } = meaning;
  const place = await mailbox.placeOf(chat, 'notification');
  if (!fromSelf && chat.kind !== 'private') await mailbox.meet(from, 'notification');

  const progress = isFromMe ? undefined : PROGRESS[status];
  if (progress) await advance(mailbox, place, ids, progress);
  if (READ_BY_SELF.has(status)) await mailbox.chats.readMessages(place.key, ids);
  await reportStatus(mailbox, {
    status,
    ids,
    place,
    recipient: isFromMe ? self.jid : (await mailbox.userOf(from)).jid,
    messageSender: chat.kind === 'group' ? await authorOf(mailbox, place, receipt.participant, ids) : null,
    isFromMe,
    at: plausibleTime(receipt.at, mailbox.scope.now),
  });
}

function chatOf(receipt: Receipt, from: Person | null): ChatAddress | null {
  const room = parseJid(receipt.chat);
  if (!room) return null;
  if (room.kind === 'group' || room.kind === 'newsletter' || room.kind === 'status') {
    return { kind: room.kind, jid: room.jid };
  }
  const sameAddress = from && (from.jid === room.jid || from.lid === room.jid);
  const person = sameAddress || room.kind === 'broadcast' ? from : personOf(room.jid);
  return person && { kind: 'private', person };
}

/** A receipt for a message whose acknowledgement never came is proof that WhatsApp took it. */
async function advance(
  mailbox: Mailbox,
  place: ChatPlace,
  ids: string[],
  status: MessageStatus,
): Promise<void> {
  for (const row of await mailbox.messages.sentIn(place.key, ids)) {
    const moved = await mailbox.messages.advance(row, status);
    if (moved && row.status === 'pending') await reportSent(mailbox, row);
  }
}

async function authorOf(
  mailbox: Mailbox,
  place: ChatPlace,
  participant: string | null,
  ids: string[],
): Promise<string | null> {
  const named = personOf(participant);
  if (named) return (await mailbox.userOf(named)).jid;
  const rows = await mailbox.messages.sentIn(place.key, ids);
  return rows.length > 0 ? mailbox.scope.self.jid : null;
}
