import { createHash } from 'node:crypto';
import { timestamp } from '../clock.ts';
import type { MessageRow } from '../storage/schema.ts';
import {
  addressesIn,
  type Content,
  EMPTY,
  type MessageType,
  withAddresses,
} from '../whatsapp/inbound/content.ts';
import type { UndecryptableReason } from '../whatsapp/inbound/undecryptable.ts';
import { refusalText } from '../whatsapp/refusal.ts';
import { readMessage } from '../whatsapp/stored-message.ts';
import { exchangeData, reportedId } from './exchange.ts';
import { fileToFetch } from './files.ts';
import type { ChatPlace, Mailbox } from './mailbox.ts';
import { recipientView, type User, userView } from './views.ts';

/** A message that is to be reported. */
export interface Report {
  id: string;
  direction: 'incoming' | 'outgoing';
  at: number;
  place: ChatPlace;
  sender: User;
  /** Addresses as they were sent. */
  content: Content;
  source: string;
  /** Chat and author as they came on the wire; left out for what we sent. */
  wire?: { chat: string; participant: string | null };
}

/** Reports `message.exchange`; false when this message was reported before. */
export async function reportExchange(mailbox: Mailbox, report: Report): Promise<boolean> {
  const { id, place, content, direction, wire = { chat: place.view.jid, participant: null } } = report;
  const fromMe = direction === 'outgoing';
  const file = fileToFetch(mailbox, { id, chat: place.key, fromMe, content, wire });
  return mailbox.scope.emit({
    kind: 'message.exchange',
    lane: place.view.jid,
    dedupeKey: onceKey('exchange', report),
    data: await dataOf(mailbox, report),
    ...(file && { file }),
  });
}

export async function reportUndecryptable(
  mailbox: Mailbox,
  report: Report,
  reason: UndecryptableReason,
): Promise<void> {
  await mailbox.scope.emit({
    kind: 'message.undecryptable',
    lane: report.place.view.jid,
    dedupeKey: onceKey('undecryptable', report),
    data: { ...(await dataOf(mailbox, report)), reason },
  });
}

/** `message.update`: an undecryptable message could be read after all. */
export async function reportDecrypted(mailbox: Mailbox, report: Report): Promise<void> {
  const { place } = report;
  await mailbox.scope.emit({
    kind: 'message.update',
    lane: place.view.jid,
    dedupeKey: onceKey('decrypted', report),
    data: {
      messageId: report.id,
      change: 'decrypted',
      chat: place.view,
      timestamp: timestamp(mailbox.scope.now),
      media: null,
    },
  });
}

/** Reports a stored message of our own that WhatsApp's server took; false when that was known. */
export async function reportSent(mailbox: Mailbox, row: MessageRow): Promise<boolean> {
  const place = await mailbox.placeOfStored(row);
  if (!place || row.content_proto.length === 0) return false;
  return reportExchange(mailbox, {
    id: row.message_id,
    direction: 'outgoing',
    at: row.sent_at,
    place,
    sender: mailbox.self(),
    // Kind and text are those of the request: on the wire, buttons and forms look alike.
    content: {
      ...(readMessage(row.content_proto) ?? EMPTY),
      type: row.type as MessageType,
      content: row.content,
    },
    source: row.source,
  });
}

export interface StatusReport {
  status: string;
  ids: string[];
  place: ChatPlace;
  /** JID of the user that it came from; the chat's own for the server's word. */
  recipient: string;
  messageSender: string | null;
  isFromMe: boolean;
  at: number;
  /** Code of WhatsApp's refusal, with `failed`. */
  code?: number;
}

/** Reports `message.status`; a receipt that the server repeats is one event. */
export async function reportStatus(mailbox: Mailbox, report: StatusReport): Promise<void> {
  const { status, ids, place, recipient, messageSender, isFromMe, at, code } = report;
  await mailbox.scope.emit({
    kind: 'message.status',
    lane: place.view.jid,
    dedupeKey: digestKey('status', [status, place.key, recipient, messageSender, at, ...ids]),
    data: {
      status,
      messageIds: ids,
      chat: place.view,
      recipient,
      messageSender,
      isFromMe,
      timestamp: timestamp(at),
      error: code === undefined ? null : { code, message: refusalText(code) },
    },
  });
}

async function dataOf(mailbox: Mailbox, { id, direction, at, place, sender, content, source }: Report) {
  const shown = withAddresses(content, await mailbox.shownAddresses(addressesIn(content)));
  const contact = place.contact && userView(place.contact, place.contact);
  const recipient = direction === 'outgoing' ? recipientView(place.view, contact) : null;
  const self = mailbox.scope.self.jid;
  return exchangeData({
    id,
    direction,
    at,
    chat: place.view,
    sender,
    recipient,
    content: shown,
    source,
    self,
  });
}

/** A message is reported once per chat, id, direction and type, whichever device or retry brought it. */
function onceKey(what: string, { place, id, direction, content }: Report): string {
  return digestKey(what, [place.key, reportedId(id, content), direction, content.type]);
}

/** Ids come from strangers and may be many; an index holds only so much. */
function digestKey(what: string, parts: unknown[]): string {
  return `${what}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
