import type { proto } from 'baileys';
import type { Account, Device } from '../../server/model/account.ts';
import type { SentMessage } from '../messages/sent.ts';
import type { Recent } from '../recent.ts';
import { type DeviceSender, sendToDevice } from './sending.ts';
import { makeMessageId } from './submit.ts';

/** What a phone needs to write to its own companions. */
export interface PeerSender extends DeviceSender {
  readonly account: Account;
  readonly outbox: Recent<SentMessage>;
  /** Runs Signal work one after the other. */
  enqueue<T>(work: () => Promise<T>): Promise<T>;
}

/** Sends a companion of this phone a message that no user sees. */
export async function sendPeerMessage(
  phone: PeerSender,
  device: Device,
  protocolMessage: proto.Message.IProtocolMessage,
): Promise<void> {
  const id = makeMessageId();
  const message = { protocolMessage };
  const { account } = phone;
  phone.outbox.set(id, { message, chat: account, addressing: 'pn', peer: true, receipts: new Map() });
  await phone.enqueue(() => sendToDevice(phone, device, message, { id, addressing: 'pn', category: 'peer' }));
}
