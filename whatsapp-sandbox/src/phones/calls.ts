import { randomBytes } from 'node:crypto';
import { acceptCall, announceGroupCall, type Needs as CallNeeds } from '../server/calls.ts';
import { type Account, accountJid, type Device, deviceJid } from '../server/model/account.ts';
import { isGroupJid } from '../wire/jid.ts';
import { bytesOf, child, children, type Stanza, stanza } from '../wire/stanza.ts';
import type { Recent } from './recent.ts';
import type { Ciphers } from './signal/ciphers.ts';
import { decodeMessage, encodeMessage } from './signal/padding.ts';

/** What a phone needs for calls. */
interface Caller {
  readonly ctx: CallNeeds;
  readonly device: Device;
  readonly ciphers: Ciphers;
  /** Calls that it made or got, by id. */
  readonly calls: Recent<PhoneCall>;
  /** Runs Signal work one after the other. */
  enqueue<T>(work: () => Promise<T>): Promise<T>;
}

/** A call as a phone knows it. */
export interface PhoneCall {
  id: string;
  direction: 'incoming' | 'outgoing';
  /** Number of the other side. */
  with: string;
  video: boolean;
  state: 'ringing' | 'accepted' | 'rejected' | 'ended';
  /** Why it ended, where that is said. */
  reason: string | undefined;
  /** The other side's address, as it stands in stanzas. */
  address: string;
  creator: string;
}

const KEY_BYTES = 32;

/** The server did not take it; becomes an error of the control API. */
export class CallRefused extends Error {}

/** Calls an account: each of its devices gets the key of the call. */
export async function placeCall(phone: Caller, to: Account, video: boolean): Promise<string> {
  const id = randomBytes(16).toString('hex').toUpperCase();
  const key = encodeMessage({ call: { callKey: randomBytes(KEY_BYTES) } });
  const creator = deviceJid(phone.device, 'lid');
  const address = accountJid(to, 'lid');
  await phone.enqueue(async () => {
    const destination: Stanza[] = [];
    for (const device of to.devices.values()) {
      const { type, body } = await phone.ciphers.encrypt(device, key);
      destination.push(
        stanza('to', { jid: deviceJid(device, 'lid') }, [stanza('enc', { v: '2', type }, body)]),
      );
    }
    const content = [
      stanza('audio', { enc: 'opus', rate: '16000' }),
      ...(video ? [stanza('video', { enc: 'vp8', dec: 'vp8' })] : []),
      stanza('net', { medium: '3' }),
      stanza('encopt', { keygen: '2' }),
      stanza('destination', {}, destination),
    ];
    submitCall(phone, address, stanza('offer', { 'call-id': id, 'call-creator': creator }, content));
  });
  phone.calls.set(id, {
    id,
    direction: 'outgoing',
    with: to.number,
    video,
    state: 'ringing',
    reason: undefined,
    address,
    creator,
  });
  return id;
}

export function announceCall(phone: Caller, groupJid: string): string {
  if (!isGroupJid(groupJid)) throw new CallRefused(`${groupJid} is not a group`);
  const id = randomBytes(16).toString('hex').toUpperCase();
  announceGroupCall(phone.ctx, phone.device, groupJid, id);
  return id;
}

/** Answers, rejects or hangs up, or reports how long the relay takes. */
export function inCall(
  phone: Caller,
  call: PhoneCall,
  tag: 'accept' | 'reject' | 'terminate' | 'relaylatency',
  attrs: Record<string, string> = {},
): void {
  submitCall(
    phone,
    call.address,
    stanza(tag, { 'call-id': call.id, 'call-creator': call.creator, ...attrs }),
  );
  if (tag === 'accept') call.state = 'accepted';
  if (tag === 'reject') call.state = 'rejected';
  if (tag === 'terminate') call.state = 'ended';
}

function submitCall(phone: Caller, to: string, info: Stanza): void {
  const ack = acceptCall(phone.ctx, phone.device, stanza('call', { id: phone.ctx.nextId(), to }, [info]));
  if (ack.attrs.error) throw new CallRefused(`the server refused the call with ${ack.attrs.error}`);
}

/** Takes a stanza about a call: the phone rings only when it could open the call's key. */
export async function receiveCall(phone: Caller, node: Stanza): Promise<void> {
  phone.ctx.delivery.settle(phone.device, 'call', node.attrs);
  const [info] = children(node);
  const id = info?.attrs['call-id'];
  if (!info || !id) return;
  if (info.tag === 'offer') {
    const caller = phone.ctx.directory.device(info.attrs['call-creator']);
    const enc = child(info, 'enc');
    const body = enc && bytesOf(enc);
    if (!caller || !enc || !body) return;
    const type = enc.attrs.type === 'pkmsg' ? 'pkmsg' : 'msg';
    const { call } = decodeMessage(await phone.ciphers.decrypt(caller, { type, body }));
    if (call?.callKey?.length !== KEY_BYTES) throw new Error('a call without its key');
    phone.calls.set(id, {
      id,
      direction: 'incoming',
      with: caller.account.number,
      video: child(info, 'video') !== undefined,
      state: 'ringing',
      reason: undefined,
      address: node.attrs.from ?? '',
      creator: info.attrs['call-creator'] ?? '',
    });
    return;
  }
  const call = phone.calls.get(id);
  if (!call) return;
  if (info.tag === 'accept') call.state = 'accepted';
  if (info.tag === 'reject') call.state = 'rejected';
  if (info.tag === 'terminate') Object.assign(call, { state: 'ended', reason: info.attrs.reason });
}
