import type { proto } from 'baileys';
import { type Account, type Device, deviceJid } from '../../server/model/account.ts';
import { devicesOf, type Group } from '../../server/model/groups.ts';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { Ciphers } from '../signal/ciphers.ts';
import type { GroupCiphers } from '../signal/group-ciphers.ts';
import { encodeMessage } from '../signal/padding.ts';
import { announcement, type Submitter, stanzaType, submit } from './submit.ts';

/** What a phone needs to write into a group. */
export interface GroupSender extends Submitter {
  readonly account: Account;
  readonly ciphers: Ciphers;
  readonly groupCiphers: GroupCiphers;
}

/**
 * Sends a message to a group: encrypted once, with the sender's key beside it for every device that has not
 * got it. To be called inside `enqueue`: Signal sessions are used by one task at a time.
 * @param audience the devices that are to read it; all of the group when absent
 */
export async function sendToGroup(
  phone: GroupSender,
  group: Group,
  message: proto.IMessage,
  attrs: { id: string; edit?: string | undefined },
  audience = devicesOf(group),
): Promise<void> {
  const readers = audience.filter((device) => device !== phone.device);
  const missing = phone.groupCiphers.withoutKey(group.jid, readers);
  const content: Stanza[] = [];
  if (missing.length > 0) {
    const plain = encodeMessage(await keyMessage(phone, group));
    const participants: Stanza[] = [];
    for (const device of missing) {
      const { type, body } = await phone.ciphers.encrypt(device, plain);
      participants.push(
        stanza('to', { jid: deviceJid(device, group.addressing) }, [stanza('enc', { v: '2', type }, body)]),
      );
    }
    content.push(stanza('participants', {}, participants));
  }
  const body = await phone.groupCiphers.encrypt(group.jid, encodeMessage(message));
  content.push(stanza('enc', { v: '2', type: 'skmsg' }, body), ...announcement(message));
  submit(
    phone,
    stanza(
      'message',
      { ...attrs, to: group.jid, type: stanzaType(message), addressing_mode: group.addressing },
      content,
    ),
  );
  phone.groupCiphers.gaveKey(group.jid, missing);
}

/** Sends a message again to the one device that could not read it, with the key for what follows. */
export async function resendToMember(
  phone: GroupSender,
  group: Group,
  device: Device,
  message: proto.IMessage,
  attrs: { id: string; count: string },
): Promise<void> {
  const { id, count } = attrs;
  const keyed = { ...message, ...(await keyMessage(phone, group)) };
  const own = device.account === phone.account;
  const sent = own ? { deviceSentMessage: { destinationJid: group.jid, message: keyed } } : keyed;
  const { type, body } = await phone.ciphers.encrypt(device, encodeMessage(sent));
  const to = {
    to: group.jid,
    participant: deviceJid(device, group.addressing),
    addressing_mode: group.addressing,
  };
  const enc = stanza('enc', { v: '2', type, count }, body);
  submit(phone, stanza('message', { id, ...to, type: stanzaType(message) }, [enc]));
  phone.groupCiphers.gaveKey(group.jid, [device]);
}

async function keyMessage(phone: GroupSender, group: Group): Promise<proto.IMessage> {
  const axolotlSenderKeyDistributionMessage = await phone.groupCiphers.distribution(group.jid);
  return { senderKeyDistributionMessage: { groupId: group.jid, axolotlSenderKeyDistributionMessage } };
}
