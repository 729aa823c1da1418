import type { proto } from 'baileys';
import { type Account, type Device, deviceJid } from '../../server/model/account.ts';
import { STATUS_JID } from '../../wire/jid.ts';
import { stanza } from '../../wire/stanza.ts';
import type { Ciphers } from '../signal/ciphers.ts';
import type { GroupCiphers } from '../signal/group-ciphers.ts';
import { encodeMessage } from '../signal/padding.ts';
import { type Submitter, stanzaType, submit } from './submit.ts';

/** What a phone needs to publish a status. */
export interface StatusSender extends Submitter {
  readonly account: Account;
  readonly ciphers: Ciphers;
  readonly groupCiphers: GroupCiphers;
}

/** Whom a phone shows its status: those it talks to are its contacts, less or only whom its settings name. */
export function statusAudience({ account }: Pick<StatusSender, 'account'>): Account[] {
  const { audience, people } = account.statusPrivacy;
  if (audience === 'whitelist') return [...people];
  return [...account.peers].filter((peer) => audience === 'contacts' || !people.has(peer));
}

/** Publishes a status: encrypted once, with the key beside it for every device of every viewer and its own others. */
export async function sendStatus(
  phone: StatusSender,
  message: proto.IMessage,
  attrs: { id: string; edit?: string | undefined },
  viewers: Account[],
): Promise<void> {
  const people = new Set([...viewers, phone.account]);
  const devices = [...people].flatMap(({ devices }) => [...devices.values()]);
  const plain = encodeMessage(await keyMessage(phone));
  const participants = [];
  for (const device of devices) {
    if (device === phone.device) continue;
    const { type, body } = await phone.ciphers.encrypt(device, plain);
    const enc = stanza('enc', { v: '2', type }, body);
    participants.push(stanza('to', { jid: deviceJid(device, 'lid') }, [enc]));
  }
  const body = await phone.groupCiphers.encrypt(STATUS_JID, encodeMessage(message));
  const content = [stanza('participants', {}, participants), stanza('enc', { v: '2', type: 'skmsg' }, body)];
  submit(phone, stanza('message', { ...attrs, to: STATUS_JID, type: stanzaType(message) }, content));
}

/** Publishes it again for the one device that could not read it. */
export async function resendStatus(
  phone: StatusSender,
  device: Device,
  message: proto.IMessage,
  { id, count }: { id: string; count: string },
): Promise<void> {
  const keyed = { ...message, ...(await keyMessage(phone)) };
  const { type, body } = await phone.ciphers.encrypt(device, encodeMessage(keyed));
  const to = { to: STATUS_JID, participant: deviceJid(device, 'lid') };
  const enc = stanza('enc', { v: '2', type, count }, body);
  submit(phone, stanza('message', { id, ...to, type: stanzaType(message) }, [enc]));
}

async function keyMessage(phone: StatusSender): Promise<proto.IMessage> {
  const axolotlSenderKeyDistributionMessage = await phone.groupCiphers.distribution(STATUS_JID);
  return { senderKeyDistributionMessage: { groupId: STATUS_JID, axolotlSenderKeyDistributionMessage } };
}
