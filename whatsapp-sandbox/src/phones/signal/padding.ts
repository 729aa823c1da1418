import { randomInt } from 'node:crypto';
import { proto } from 'baileys';

/** Encodes a message and pads it with one to sixteen bytes that each say how many there are. */
export function encodeMessage(message: proto.IMessage): Uint8Array {
  const bytes = proto.Message.encode(message).finish();
  const padding = randomInt(1, 17);
  return Buffer.concat([bytes, Buffer.alloc(padding, padding)]);
}

/** Takes the padding off and decodes; throws when the padding is not what a client would write. */
export function decodeMessage(padded: Uint8Array): proto.Message {
  const padding = padded.at(-1);
  if (!padding || padding > padded.length) throw new Error('message with wrong padding');
  return proto.Message.decode(padded.subarray(0, padded.length - padding));
}
