import { addressingOf, isGroupJid, isNewsletterJid, STATUS_JID } from '../../wire/jid.ts';
import { child, children, type Stanza, stanza } from '../../wire/stanza.ts';
import type { ServerWith } from '../context.ts';
import { accountJid, type Device, deviceJid } from '../model/account.ts';
import { noteViews } from '../newsletters/live-updates.ts';

/** What passing on receipts needs of the server. */
export type Needs = ServerWith<
  'clock' | 'delivery' | 'directory' | 'events' | 'newsletters' | 'seconds' | 'stats'
>;

/** Receipts that concern the other devices of the reader as well as the author. */
const SHARED = new Set(['read', 'played']);
/** Receipts that only the reader's own devices may see. */
const PRIVATE = new Set(['read-self', 'played-self']);

/** Takes a receipt, passes it to whom it concerns, and returns the server's ack. */
export function acceptReceipt(ctx: Needs, reader: Device, node: Stanza): Stanza {
  const { id = '', type, to, participant } = node.attrs;
  if (child(node, 'offer')) return callReceipt(ctx, reader, node);
  const ids = [id, ...children(child(node, 'list'), 'item').map((item) => item.attrs.id ?? '')];
  ctx.stats.receipts += ids.length;
  // A device that asks for a message again has not got it: its ack, not this receipt, takes it off the queue.
  // One that asks for a file has had the message long since.
  if (type !== 'retry' && type !== 'server-error') {
    for (const each of ids) {
      ctx.delivery.settle(reader, 'message', { id: each, from: to, participant });
      if (type === undefined || type === 'inactive') ctx.events.emit('delivered', reader, each);
    }
  }
  passOn(ctx, reader, node);
  const from = to ?? accountJid(reader.account, 'pn');
  return stanza('ack', { class: 'receipt', id, type, from, participant });
}

/** A device that a call rings at answers the offer with a receipt: it has got it. */
function callReceipt(ctx: Needs, reader: Device, { attrs: { id, to } }: Stanza): Stanza {
  ctx.stats.receipts += 1;
  ctx.delivery.settle(reader, 'call', { id, from: to });
  return stanza('ack', { class: 'receipt', id, from: to });
}

/** The author is the other side of a chat, or the participant that the receipt of a group or status names. */
function authorOf(node: Stanza): string | undefined {
  return isShared(node.attrs.to) ? node.attrs.participant : node.attrs.to;
}

function isShared(jid: string | undefined): boolean {
  return jid === STATUS_JID || isGroupJid(jid);
}

function passOn(ctx: Needs, reader: Device, node: Stanza): void {
  const { type } = node.attrs;
  if (isNewsletterJid(node.attrs.to)) {
    const items = children(child(node, 'list'), 'item').map(({ attrs }) => attrs.server_id ?? '');
    if (type === 'view') noteViews(ctx, reader.account, node.attrs.to, items);
    return;
  }
  if (type === 'inactive') return;
  if (type === 'retry') {
    ctx.stats.retries += 1;
    const author = ctx.directory.device(authorOf(node));
    if (author) forward(ctx, reader, author, node);
    return;
  }
  if (type === 'sender') {
    const author = ctx.directory.device(authorOf(node));
    if (author?.account === reader.account) forward(ctx, reader, author, node);
    return;
  }
  if (type === 'peer_msg' || type === 'hist_sync' || type === 'server-error') {
    const phone = reader.account.devices.get(0);
    if (phone && phone !== reader) forward(ctx, reader, phone, node);
    return;
  }
  const author = ctx.directory.account(authorOf(node));
  if (!author) return;
  if (!PRIVATE.has(type ?? '') && author !== reader.account) {
    for (const device of author.devices.values()) forward(ctx, reader, device, node);
  }
  if (!SHARED.has(type ?? '') && !PRIVATE.has(type ?? '')) return;
  const recipient = accountJid(author, addressingOf(authorOf(node)));
  for (const device of reader.account.devices.values()) {
    if (device !== reader) forward(ctx, reader, device, node, recipient);
  }
}

function forward(
  ctx: Needs,
  reader: Device,
  device: Device,
  node: Stanza,
  recipient = node.attrs.recipient,
): void {
  const { id, type, to } = node.attrs;
  const self = deviceJid(reader, addressingOf(authorOf(node)));
  const from = isShared(to) ? { from: to, participant: self } : { from: self };
  const attrs = { id, type, ...from, t: String(ctx.seconds()), recipient };
  ctx.delivery.durable(device, stanza('receipt', attrs, node.content));
}
