import type { proto } from 'baileys';
import { type Account, accountJid, type Device, deviceJid } from '../../server/model/account.ts';
import { type Chat, isGroup, isNewsletter, isStatus } from '../../server/model/chats.ts';
import type { Addressing } from '../../wire/jid.ts';
import { type Stanza, stanza } from '../../wire/stanza.ts';
import type { SentMessage } from '../messages/sent.ts';
import type { Recent } from '../recent.ts';
import type { Ciphers } from '../signal/ciphers.ts';
import { encodeMessage } from '../signal/padding.ts';
import { type GroupSender, sendToGroup } from './group.ts';
import { postToNewsletter } from './newsletter.ts';
import { type StatusSender, sendStatus, statusAudience } from './status.ts';
import { announcement, makeMessageId, type Submitter, stanzaType, submit } from './submit.ts';

/** What a phone needs to write to one device. */
export interface DeviceSender extends Submitter {
  readonly ciphers: Ciphers;
}

/** What a phone needs to send messages of every kind. */
export interface Sender extends GroupSender, StatusSender {
  /** Messages that it sent, by id. */
  readonly outbox: Recent<SentMessage>;
  /** Runs Signal work one after the other. */
  enqueue<T>(work: () => Promise<T>): Promise<T>;
}

export interface SendOptions {
  id?: string | undefined;
  /** How the other side is addressed; phones write to LIDs unless they are asked otherwise. */
  addressing?: Addressing | undefined;
  /** `1` for an edit, `7` for a revocation: clients see it before they decrypt. */
  edit?: string | undefined;
  /** In a group: the devices that are to be able to read it; all of them when absent. */
  audience?: Device[] | undefined;
  /** Companions do not get the content but `<unavailable>` of this type, as of what is to be seen once. */
  unavailable?: string | undefined;
  /** Of a status: who is to see it; whom the phone's settings say when absent. */
  viewers?: Account[] | undefined;
}

/**
 * Sends a message: to a group, to a channel, as a status, or to every device of an account and to the phone's own
 * companions.
 */
export async function sendMessage(
  phone: Sender,
  to: Chat,
  message: proto.IMessage,
  options: SendOptions = {},
): Promise<string> {
  const id = options.id ?? makeMessageId();
  const addressing = options.addressing ?? 'lid';
  const { edit, audience, viewers, unavailable } = options;
  phone.outbox.set(id, { message, chat: to, addressing, peer: false, receipts: new Map() });
  if (isNewsletter(to)) {
    postToNewsletter(phone, to, message, id);
    return id;
  }
  if (isStatus(to)) {
    await phone.enqueue(() => sendStatus(phone, message, { id, edit }, viewers ?? statusAudience(phone)));
    return id;
  }
  await phone.enqueue(() =>
    isGroup(to)
      ? sendToGroup(phone, to, message, { id, edit }, audience)
      : sendToAccount(phone, to, message, { id, edit, addressing, unavailable }),
  );
  return id;
}

async function sendToAccount(
  phone: Sender,
  to: Account,
  message: proto.IMessage,
  options: { id: string; addressing: Addressing } & Pick<SendOptions, 'edit' | 'unavailable'>,
): Promise<void> {
  const { id, edit, addressing, unavailable } = options;
  const participants: Stanza[] = [];
  for (const device of recipients(phone, to)) {
    if (unavailable && device.id !== 0) continue;
    const own = device.account === phone.account;
    const content = own ? sentByMe(to, addressing, message) : message;
    const { type, body } = await phone.ciphers.encrypt(device, encodeMessage(content));
    const enc = stanza('enc', { v: '2', type }, body);
    participants.push(stanza('to', { jid: deviceJid(device, addressing) }, [enc]));
  }
  const attrs = { id, to: accountJid(to, addressing), type: stanzaType(message), edit };
  const content = [stanza('participants', {}, participants), ...announcement(message)];
  if (unavailable) content.push(stanza('unavailable', { type: unavailable }));
  submit(phone, stanza('message', attrs, content));
}

/** Sends a message to one device: a peer message to a companion, or a resend. */
export async function sendToDevice(
  phone: DeviceSender,
  device: Device,
  message: proto.IMessage,
  attrs: { id: string; addressing: Addressing; category?: string; recipient?: string; count?: string },
): Promise<void> {
  const { type, body } = await phone.ciphers.encrypt(device, encodeMessage(message));
  const { addressing, count, ...rest } = attrs;
  const enc = stanza('enc', { v: '2', type, count }, body);
  const to = deviceJid(device, addressing);
  submit(phone, stanza('message', { ...rest, to, type: stanzaType(message) }, [enc]));
}

/** The copy for the phone's own companions. */
export function sentByMe(to: Account, addressing: Addressing, message: proto.IMessage): proto.IMessage {
  return { deviceSentMessage: { destinationJid: accountJid(to, addressing), message } };
}

function recipients(phone: Sender, to: Account): Device[] {
  const own = [...phone.account.devices.values()].filter((device) => device !== phone.device);
  return to === phone.account ? own : [...to.devices.values(), ...own];
}
