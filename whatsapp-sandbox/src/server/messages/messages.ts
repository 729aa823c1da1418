import {
  type Addressing,
  addressingOf,
  isGroupJid,
  isNewsletterJid,
  parseUserJid,
  STATUS_JID,
} from '../../wire/jid.ts';
import { child, type Stanza, stanza } from '../../wire/stanza.ts';
import { verifiedName } from '../accounts/business.ts';
import type { ServerWith } from '../context.ts';
import { type Account, accountJid, alternative, type Device, deviceJid } from '../model/account.ts';
import { routeToNewsletter } from '../newsletters/posts.ts';
import { INVALID, StanzaError } from '../stanza-error.ts';
import {
  type Part,
  participantHash,
  passedAttributes,
  passedContent,
  readEnc,
  readParts,
  requireIdentity,
} from './ciphertexts.ts';
import { routeToGroup } from './group-messages.ts';
import { requireMeta } from './meta.ts';
import { requireChat } from './new-chat-lock.ts';
import { routeStatus } from './status.ts';

/** What routing messages needs of the server. */
export type Needs = ServerWith<
  'clock' | 'delivery' | 'directory' | 'faults' | 'groups' | 'newsletters' | 'seconds' | 'stats'
>;

/**
 * Takes a message from a device, routes it, and returns the ack for the sender; an ack with `error`
 * means that no device got it. Undefined when a fault swallows the ack.
 */
export function acceptMessage(ctx: Needs, sender: Device, node: Stanza): Stanza | undefined {
  ctx.stats.messages.in += 1;
  const { id, to } = node.attrs;
  const ack = (more: Record<string, string | undefined>) =>
    stanza('ack', { class: 'message', id, from: to, t: String(ctx.seconds()), ...more });
  const fault = ctx.faults.strike('ack-error', sender);
  if (fault) return ack({ error: String(fault.value) });
  try {
    const more = route(ctx, sender, node);
    return ctx.faults.strike('drop-acks', sender) ? undefined : ack(more);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    ctx.stats.messages.refused += 1;
    return ack({ error: String(error.code) });
  }
}

/**
 * Returns what the ack says more: the participant hash when the client's device list was not the current one, the
 * number of a post in its channel.
 */
function route(ctx: Needs, sender: Device, node: Stanza): { phash?: string | undefined; server_id?: string } {
  if (!node.attrs.id) throw new StanzaError(INVALID, 'message without an id');
  requireMeta(node);
  if (isGroupJid(node.attrs.to)) return { phash: routeToGroup(ctx, sender, node) };
  if (isNewsletterJid(node.attrs.to)) return { server_id: routeToNewsletter(ctx, sender, node) };
  if (node.attrs.to === STATUS_JID) {
    routeStatus(ctx, sender, node);
    return {};
  }
  const target = parseUserJid(node.attrs.to);
  if (!target) throw new StanzaError(501, 'feature-not-implemented');
  const recipient = ctx.directory.account(node.attrs.to);
  if (!recipient) throw new StanzaError(404, 'item-not-found');
  if (child(node, 'participants')) return { phash: fanOut(ctx, sender, recipient, node) };
  toOneDevice(ctx, sender, recipient, node);
  return {};
}

/** A peer message, or the resend that one device asked for. */
function toOneDevice(ctx: Needs, sender: Device, recipient: Account, node: Stanza): void {
  const device = ctx.directory.device(node.attrs.to);
  const peer = node.attrs.category === 'peer';
  if (!device || device === sender || (peer && recipient !== sender.account)) {
    throw new StanzaError(INVALID, 'no such device');
  }
  const part = { device, enc: readEnc(child(node, 'enc')) };
  requireIdentity(sender, node, [part]);
  const chat = ctx.directory.account(node.attrs.recipient);
  deliver(ctx, sender, node, part, {
    chat: peer ? undefined : chat,
    addressing: addressingOf(node.attrs.to),
  });
}

/** A message to every device of the recipient and every other device of the sender. */
function fanOut(ctx: Needs, sender: Device, recipient: Account, node: Stanza): string | undefined {
  const expected = expectedDevices(sender, recipient);
  const belongs = (account: Account) => account === recipient || account === sender.account;
  const parts = [...readParts(ctx, node, belongs).values()];
  if (parts.some((part) => part.device === sender)) {
    throw new StanzaError(INVALID, 'the sender is its own participant');
  }
  const reached = parts.some((part) => part.device.account === recipient);
  if (!reached && recipient !== sender.account) throw new StanzaError(INVALID, 'no device of the recipient');
  requireIdentity(sender, node, parts);
  requireChat(ctx, sender.account, recipient);
  sender.account.peers.add(recipient);
  recipient.peers.add(sender.account);
  const addressing = addressingOf(node.attrs.to);
  const blocked = recipient.blocked.has(sender.account);
  for (const part of [...parts, ...withheld(node, expected, parts)]) {
    const own = part.device.account === sender.account;
    if (blocked && !own) continue;
    deliver(ctx, sender, node, part, { chat: own ? recipient : undefined, addressing });
  }
  const hash = participantHash(expected, addressing);
  const complete = parts.length === expected.length || child(node, 'unavailable') !== undefined;
  if (!complete) ctx.stats.messages.incompleteFanouts += 1;
  return complete && (node.attrs.phash === undefined || node.attrs.phash === hash) ? undefined : hash;
}

/** Devices from which the content is kept learn that it is there, and why they do not get it. */
function withheld(node: Stanza, expected: Device[], parts: Part[]): Part[] {
  const unavailable = child(node, 'unavailable');
  if (!unavailable) return [];
  const reached = new Set(parts.map(({ device }) => device));
  return expected.filter((device) => !reached.has(device)).map((device) => ({ device, enc: unavailable }));
}

function expectedDevices(sender: Device, recipient: Account): Device[] {
  const own = [...sender.account.devices.values()].filter((device) => device !== sender);
  return recipient === sender.account ? own : [...recipient.devices.values(), ...own];
}

function deliver(
  ctx: Needs,
  sender: Device,
  node: Stanza,
  part: Part,
  route: { chat: Account | undefined; addressing: Addressing },
): void {
  const { chat, addressing } = route;
  const attrs: Record<string, string | undefined> = {
    id: node.attrs.id,
    from: deviceJid(sender, addressing),
    t: String(ctx.seconds()),
    notify: sender.account.name,
    ...(chat
      ? { recipient: accountJid(chat, addressing), ...alternative('peer_recipient', chat, addressing) }
      : alternative('sender', sender.account, addressing)),
    ...passedAttributes(node),
  };
  const content = [part.enc, ...passedContent(node, part.enc), ...verifiedName(sender.account)];
  ctx.delivery.durable(part.device, stanza('message', attrs, content));
}
