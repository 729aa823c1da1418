import type { proto } from 'baileys';
import type { Chat } from '../../server/model/chats.ts';
import type { Addressing } from '../../wire/jid.ts';

/** A message a phone sent, kept to be sent again to a device that could not read it. */
export interface SentMessage {
  message: proto.IMessage;
  chat: Chat;
  addressing: Addressing;
  /** Peer messages go to one own device and belong to no chat. */
  peer: boolean;
  /** How far each number got with it: `delivered`, `read` or `played`. */
  receipts: Map<string, string>;
}
