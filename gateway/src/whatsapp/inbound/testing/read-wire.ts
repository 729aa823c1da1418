import { proto } from '../../proto.ts';
import type { Content } from '../content.ts';
import { readContent } from '../read.ts';

/** Reads a message as it arrives: through the wire form, so that fields have the shapes that decoding gives them. */
export function readWire(message: proto.IMessage): Content | null {
  return readContent(proto.Message.decode(proto.Message.encode(message).finish()));
}
