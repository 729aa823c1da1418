import { createHash } from 'node:crypto';
import type { Addressing } from '../wire/jid.ts';
import { parseUserJid } from '../wire/jid.ts';
import { bytesOf, child, children, type Stanza, stanza } from '../wire/stanza.ts';
import { addressingOf, alternative } from './addressing.ts';
import type { ServerContext } from './context.ts';
import { type Account, accountJid, type Device, deviceJid } from './directory.ts';
import { StanzaError } from './stanza-error.ts';

/** WhatsApp's code for a stanza that fails validation (wrong or stale devices, missing parts). */
const INVALID = 479;
const PASSED_ON = ['type', 'edit', 'category', 'expiration'];
const NOT_PASSED_ON = new Set(['participants', 'enc', 'device-identity', 'tctoken']);

/** One ciphertext and the device it is for. */
interface Part {
  device: Device;
  enc: Stanza;
}

/**
 * Takes a message from a device, routes it, and returns the ack for the sender; an ack with `error`
 * means that nobody got it. Undefined when a fault swallows the ack.
 */
export function acceptMessage(ctx: ServerContext, sender: Device, node: Stanza): Stanza | undefined {
  ctx.stats.messages.in += 1;
  const { id, to } = node.attrs;
  const ack = (more: Record<string, string | undefined>) =>
    stanza('ack', { class: 'message', id, from: to, t: String(ctx.seconds()), ...more });
  const fault = ctx.faults.strike('ack-error', sender);
  if (fault) return ack({ error: String(fault.value) });
  try {
    const phash = route(ctx, sender, node);
    return ctx.faults.strike('drop-acks', sender) ? undefined : ack({ phash });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    ctx.stats.messages.refused += 1;
    return ack({ error: String(error.code) });
  }
}

/** Returns the participant hash when the client's device list was not the current one. */
function route(ctx: ServerContext, sender: Device, node: Stanza): string | undefined {
  if (!node.attrs.id) throw new StanzaError(INVALID, 'message without an id');
  const target = parseUserJid(node.attrs.to);
  if (!target) throw new StanzaError(501, 'feature-not-implemented');
  const recipient = ctx.directory.account(node.attrs.to);
  if (!recipient) throw new StanzaError(404, 'item-not-found');
  if (child(node, 'participants')) return fanOut(ctx, sender, recipient, node);
  toOneDevice(ctx, sender, recipient, node);
  return undefined;
}

/** A peer message, or the resend that one device asked for. */
function toOneDevice(ctx: ServerContext, sender: Device, recipient: Account, node: Stanza): void {
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
function fanOut(ctx: ServerContext, sender: Device, recipient: Account, node: Stanza): string | undefined {
  const expected = expectedDevices(sender, recipient);
  const parts = readParts(ctx, sender, recipient, node);
  const reached = parts.some((part) => part.device.account === recipient);
  if (!reached && recipient !== sender.account) throw new StanzaError(INVALID, 'no device of the recipient');
  requireIdentity(sender, node, parts);
  sender.account.peers.add(recipient);
  recipient.peers.add(sender.account);
  const addressing = addressingOf(node.attrs.to);
  const blocked = recipient.blocked.has(sender.account);
  for (const part of parts) {
    const own = part.device.account === sender.account;
    if (blocked && !own) continue;
    deliver(ctx, sender, node, part, { chat: own ? recipient : undefined, addressing });
  }
  const hash = participantHash(expected, addressing);
  const complete = parts.length === expected.length;
  if (complete && (node.attrs.phash === undefined || node.attrs.phash === hash)) return undefined;
  ctx.stats.messages.incompleteFanouts += 1;
  return hash;
}

function expectedDevices(sender: Device, recipient: Account): Device[] {
  const own = [...sender.account.devices.values()].filter((device) => device !== sender);
  return recipient === sender.account ? own : [...recipient.devices.values(), ...own];
}

/** `2:` and six characters of the hash over the sorted device JIDs, as clients compute it. */
function participantHash(devices: Device[], addressing: Addressing): string {
  const jids = devices.map((device) => deviceJid(device, addressing)).sort();
  return `2:${createHash('sha256').update(jids.join('')).digest('base64').slice(0, 6)}`;
}

/** Reads `<participants>`; a stranger's device makes the stanza invalid, a device that has left is passed over. */
function readParts(ctx: ServerContext, sender: Device, recipient: Account, node: Stanza): Part[] {
  const parts = new Map<Device, Part>();
  for (const to of children(child(node, 'participants'), 'to')) {
    const account = ctx.directory.account(to.attrs.jid);
    if (!account || (account !== recipient && account !== sender.account)) {
      throw new StanzaError(INVALID, 'a participant is neither the recipient nor the sender');
    }
    const enc = readEnc(child(to, 'enc'));
    const device = ctx.directory.device(to.attrs.jid);
    if (!device) continue;
    if (device === sender || parts.has(device)) throw new StanzaError(INVALID, 'participant named twice');
    parts.set(device, { device, enc });
  }
  return [...parts.values()];
}

function readEnc(enc: Stanza | undefined): Stanza {
  const known = enc?.attrs.type === 'pkmsg' || enc?.attrs.type === 'msg';
  if (!enc || !known || enc.attrs.v !== '2' || !bytesOf(enc)?.length) {
    throw new StanzaError(INVALID, 'a participant without a ciphertext');
  }
  return enc;
}

/** A companion's pre-key message is worth nothing without the proof that its phone vouches for it. */
function requireIdentity(sender: Device, node: Stanza, parts: Part[]): void {
  const first = parts.some((part) => part.enc.attrs.type === 'pkmsg');
  if (first && sender.id !== 0 && !bytesOf(child(node, 'device-identity'))) {
    throw new StanzaError(INVALID, 'pre-key message without a device identity');
  }
}

function deliver(
  ctx: ServerContext,
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
  };
  for (const name of PASSED_ON) attrs[name] = node.attrs[name];
  const content = [part.enc];
  const identity = child(node, 'device-identity');
  if (identity && part.enc.attrs.type === 'pkmsg') content.push(identity);
  for (const each of children(node)) if (!NOT_PASSED_ON.has(each.tag)) content.push(each);
  ctx.delivery.durable(part.device, stanza('message', attrs, content));
}
