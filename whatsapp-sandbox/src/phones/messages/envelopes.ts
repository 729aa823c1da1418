import type { proto } from 'baileys';

/** The message inside the envelopes that say how it is to be shown. */
export function unwrapped(message: proto.IMessage): proto.IMessage {
  const inner =
    message.viewOnceMessageV2 ??
    message.viewOnceMessageV2Extension ??
    message.viewOnceMessage ??
    message.documentWithCaptionMessage ??
    message.ephemeralMessage;
  return inner?.message ? unwrapped(inner.message) : message;
}
