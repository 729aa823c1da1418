import type { ChatMessageKey } from '../ports/chats.ts';
import { proto } from '../proto.ts';
import { wireMessage } from '../wire.ts';
import { type Built, keyOf } from './kind.ts';

/*
 * Messages that change another one. The attribute `edit` of the stanza says so before clients decrypt; facts are
 * those of Baileys.
 */

const { Type } = proto.Message.ProtocolMessage;
const Pin = proto.Message.PinInChatMessage.Type;

/** A new text in the place of one that we sent. `now` in Unix milliseconds. */
export function textEdit(key: ChatMessageKey, text: string, now: number): Built {
  const editedMessage = { conversation: text };
  const protocolMessage = { key: keyOf(key), type: Type.MESSAGE_EDIT, editedMessage, timestampMs: now };
  return { message: wireMessage({ protocolMessage }), edit: '1' };
}

/** Takes a message away for everybody: an own one, or as an admin that of another member. */
export function revocation(key: ChatMessageKey): Built {
  const protocolMessage = { key: keyOf(key), type: Type.REVOKE };
  return { message: wireMessage({ protocolMessage }), edit: key.fromMe ? '7' : '8' };
}

/** Pins a message for everybody for so many seconds; null takes the pin away. */
export function messagePin(key: ChatMessageKey, seconds: number | null, now: number): Built {
  const type = seconds === null ? Pin.UNPIN_FOR_ALL : Pin.PIN_FOR_ALL;
  return {
    message: wireMessage({
      pinInChatMessage: { key: keyOf(key), type, senderTimestampMs: now },
      messageContextInfo: { messageAddOnDurationInSecs: seconds ?? 0 },
    }),
    edit: '2',
  };
}
