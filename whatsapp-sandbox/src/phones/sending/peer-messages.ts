import type { proto } from 'baileys';
import type { Device } from '../../server/model/account.ts';
import type { Phone } from '../phone.ts';
import { sendToDevice } from './sending.ts';
import { makeMessageId } from './submit.ts';

/** Tells a companion of this phone something that no user sees. */
export async function sendPeerMessage(
  phone: Phone,
  device: Device,
  protocolMessage: proto.Message.IProtocolMessage,
): Promise<void> {
  const id = makeMessageId();
  const message = { protocolMessage };
  const { account } = phone;
  phone.outbox.set(id, { message, chat: account, addressing: 'pn', peer: true, receipts: new Map() });
  await phone.enqueue(() => sendToDevice(phone, device, message, { id, addressing: 'pn', category: 'peer' }));
}
