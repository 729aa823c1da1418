import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { type Account, accountJid, type Device, deviceJid } from '../server/directory.ts';
import { acceptMessage } from '../server/messages.ts';
import type { Addressing } from '../wire/jid.ts';
import { type Stanza, stanza } from '../wire/stanza.ts';
import { encodeMessage } from './padding.ts';
import type { Phone } from './phone.ts';

/** The server refused a phone's message; `code` is the ack's. */
export class RefusedError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the server refused the message with ${code}`);
    this.code = code;
  }
}

export interface SendOptions {
  id?: string | undefined;
  /** How the chat is addressed; phones write to LIDs nowadays. */
  addressing?: Addressing | undefined;
  /** `1` for an edit, `7` for a revocation: tells clients before they decrypt. */
  edit?: string | undefined;
}

/** An id as phones make them: 32 upper-case hexadecimal digits that begin with 3A. */
export function makeMessageId(): string {
  return `3A${randomBytes(15).toString('hex').toUpperCase()}`;
}

/** Sends a message to every device of the recipient and to the phone's own companions. */
export async function sendMessage(
  phone: Phone,
  to: Account,
  message: proto.IMessage,
  options: SendOptions = {},
): Promise<string> {
  const id = options.id ?? makeMessageId();
  const addressing = options.addressing ?? 'lid';
  phone.outbox.set(id, { message, chat: to, addressing, peer: false, receipts: new Map() });
  await phone.enqueue(async () => {
    const participants: Stanza[] = [];
    for (const device of recipients(phone, to)) {
      const own = device.account === phone.account;
      const content = own ? sentByMe(to, addressing, message) : message;
      const { type, body } = await phone.ciphers.encrypt(device, encodeMessage(content));
      const enc = stanza('enc', { v: '2', type }, body);
      participants.push(stanza('to', { jid: deviceJid(device, addressing) }, [enc]));
    }
    const attrs = { id, to: accountJid(to, addressing), type: stanzaType(message), edit: options.edit };
    submit(phone, stanza('message', attrs, [stanza('participants', {}, participants)]));
  });
  return id;
}

/** Sends a message to one device: a peer message to a companion, or a resend. */
export async function sendToDevice(
  phone: Phone,
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

function recipients(phone: Phone, to: Account): Device[] {
  const own = [...phone.account.devices.values()].filter((device) => device !== phone.device);
  return to === phone.account ? own : [...to.devices.values(), ...own];
}

function submit(phone: Phone, node: Stanza): void {
  const ack = acceptMessage(phone.ctx, phone.device, node);
  if (ack?.attrs.error) throw new RefusedError(ack.attrs.error);
}

function stanzaType(message: proto.IMessage): string {
  if (message.reactionMessage) return 'reaction';
  return 'text';
}
