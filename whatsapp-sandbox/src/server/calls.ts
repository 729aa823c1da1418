import { randomBytes } from 'node:crypto';
import { addressingOf } from '../wire/jid.ts';
import { child, children, type Stanza, stanza } from '../wire/stanza.ts';
import type { ServerWith } from './context.ts';
import { type Part, readParts, requireIdentity } from './messages/ciphertexts.ts';
import { type Account, accountJid, type Device, deviceJid } from './model/account.ts';
import type { Call } from './model/calls.ts';
import { INVALID, StanzaError } from './stanza-error.ts';

/** What passing on calls needs of the server. */
export type Needs = ServerWith<'calls' | 'delivery' | 'directory' | 'groups' | 'nextId' | 'seconds'>;

const CALL_ID = /^[0-9A-Fa-f]{16,64}$/;
/** What one side of a call signals to the other about the connection; the state of the call stays as it is. */
const SIGNALS = new Set(['preaccept', 'transport', 'relaylatency', 'mute_v2', 'heartbeat']);
/** Takes `<call>` and returns the server's ack, with `error` when the stanza is refused. */
export function acceptCall(ctx: Needs, device: Device, node: Stanza): Stanza {
  const [info] = children(node);
  const { id, to } = node.attrs;
  const attrs = { id, from: to, class: 'call', type: info?.tag };
  try {
    if (!info) throw new StanzaError(INVALID, 'a call without content');
    const content = info.tag === 'offer' ? offer(ctx, device, node, info) : pass(ctx, device, info);
    return stanza('ack', attrs, content);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return stanza('ack', { ...attrs, error: String(error.code) });
  }
}

/** Rings every device of the callee; each gets the call's key, encrypted for it alone. */
function offer(ctx: Needs, caller: Device, node: Stanza, info: Stanza): Stanza[] {
  const callee = ctx.directory.account(node.attrs.to);
  const callId = info.attrs['call-id'] ?? '';
  if (!callee || callee === caller.account) throw new StanzaError(404, 'item-not-found');
  if (!CALL_ID.test(callId) || ctx.calls.get(callId)) throw new StanzaError(INVALID, 'not a new call');
  if (ctx.directory.device(info.attrs['call-creator']) !== caller) {
    throw new StanzaError(INVALID, 'the call is not the caller’s own');
  }
  if (!child(info, 'audio')) throw new StanzaError(INVALID, 'a call without sound');
  const parts = keysFor(ctx, callee, info);
  requireIdentity(caller, info, parts.values());
  if (!callee.blocked.has(caller.account)) {
    ctx.calls.begin(callId, { caller, callee, answeredBy: undefined });
    for (const part of parts.values()) ring(ctx, caller, info, part);
  }
  return [stanza('relay', { 'call-id': callId, uuid: randomBytes(8).toString('hex') })];
}

function keysFor(ctx: Needs, callee: Account, info: Stanza): Map<Device, Part> {
  const destination = stanza('offer', {}, [
    stanza('participants', {}, children(child(info, 'destination'), 'to')),
  ]);
  const parts = readParts(ctx, destination, (account) => account === callee);
  for (const device of callee.devices.values()) {
    if (!parts.has(device)) throw new StanzaError(INVALID, 'a device of the callee is left out');
  }
  return parts;
}

function ring(ctx: Needs, caller: Device, info: Stanza, { device, enc }: Part): void {
  const passed = children(info).filter(
    ({ tag }) => tag !== 'destination' && (tag !== 'device-identity' || enc.attrs.type === 'pkmsg'),
  );
  const { account } = caller;
  const attrs = {
    'call-id': info.attrs['call-id'],
    'call-creator': deviceJid(caller, 'lid'),
    caller_pn: accountJid(account, 'pn'),
  };
  sendCall(ctx, device, account, stanza('offer', attrs, [...passed, enc]));
}

/** What either side says of a call that is going on, for the other one. */
function pass(ctx: Needs, device: Device, info: Stanza): Stanza[] {
  const callId = info.attrs['call-id'] ?? '';
  const call = ctx.calls.get(callId);
  if (!call) throw new StanzaError(404, 'item-not-found');
  const byCaller = device === call.caller;
  if (!byCaller && device.account !== call.callee) throw new StanzaError(403, 'forbidden');
  switch (info.tag) {
    case 'accept':
    case 'reject': {
      if (byCaller || call.answeredBy) throw new StanzaError(INVALID, 'not ringing');
      const accepted = info.tag === 'accept';
      if (accepted) call.answeredBy = device;
      else ctx.calls.end(callId);
      sendCall(ctx, call.caller, device.account, info);
      const reason = accepted ? 'accepted_elsewhere' : 'rejected_elsewhere';
      stopRinging(ctx, call, info, reason, device);
      return [];
    }
    case 'terminate':
      ctx.calls.end(callId);
      if (byCaller) stopRinging(ctx, call, info, info.attrs.reason, undefined);
      else sendCall(ctx, call.caller, device.account, info);
      return [];
    default:
      if (!SIGNALS.has(info.tag)) throw new StanzaError(501, 'feature-not-implemented');
      for (const other of byCaller ? listening(call) : [call.caller])
        sendCall(ctx, other, device.account, info);
      return [];
  }
}

/** Devices that get what the caller sends: all of the callee while it rings, then the one that answered. */
function listening({ callee, answeredBy }: Call): Device[] {
  return answeredBy ? [answeredBy] : [...callee.devices.values()];
}

function stopRinging(
  ctx: Needs,
  call: Call,
  info: Stanza,
  reason: string | undefined,
  except: Device | undefined,
): void {
  const { 'call-id': id, 'call-creator': creator } = info.attrs;
  const end = stanza('terminate', { 'call-id': id, 'call-creator': creator, reason });
  for (const device of call.callee.devices.values()) {
    if (device !== except) sendCall(ctx, device, call.caller.account, end);
  }
}

/** A group call is only announced: members take part in it by its link. */
export function announceGroupCall(ctx: Needs, caller: Device, groupJid: string, callId: string): void {
  const group = ctx.groups.get(groupJid);
  if (!group?.participants.has(caller.account)) throw new StanzaError(403, 'forbidden');
  const notice = stanza('offer_notice', {
    'call-id': callId,
    'call-creator': deviceJid(caller, 'lid'),
    caller_pn: accountJid(caller.account, 'pn'),
    media: 'audio',
    type: 'group',
    'group-jid': groupJid,
  });
  for (const member of group.participants.keys()) {
    if (member === caller.account) continue;
    for (const device of member.devices.values()) sendCall(ctx, device, caller.account, notice);
  }
}

function sendCall(ctx: Needs, device: Device, from: Account, info: Stanza): void {
  const attrs = {
    id: ctx.nextId(),
    from: accountJid(from, addressingOf(info.attrs['call-creator'])),
    t: String(ctx.seconds()),
    notify: from.name,
  };
  ctx.delivery.durable(device, stanza('call', attrs, [info]));
}
