import type { Content } from './inbound/content.ts';
import { readContent, unwrap } from './inbound/read.ts';
import { type FileReference, fileOf } from './media/file-reference.ts';
import { proto } from './proto.ts';
import { openMessage, type WireMessage, wireMessage } from './wire.ts';

/*
 * The content of messages as rows keep it: encoded, and empty when it is not known. Reading throws when the bytes are
 * no message, which only a damaged row can cause.
 */

/** The bytes to keep of a message. */
export function encodeMessage(message: WireMessage): Uint8Array {
  return proto.Message.encode(openMessage(message)).finish();
}

/** undefined when nothing is kept: an empty message must never stand in for a missing one. */
export function decodeMessage(encoded: Uint8Array): WireMessage | undefined {
  const message = decoded(encoded);
  return message && wireMessage(message);
}

/** What a kept message says, in our words; null when nothing is kept, or nothing that a person sees. */
export function readMessage(encoded: Uint8Array): Content | null {
  const message = decoded(encoded);
  return message ? readContent(message) : null;
}

/** The file that a kept message is; null when it is none. */
export function fileOfMessage(encoded: Uint8Array): FileReference | null {
  const message = decoded(encoded);
  return message ? fileOf(message) : null;
}

/** The secret that votes, answers, reactions and edits of this message are sealed with; null when it has none. */
export function secretOfMessage(encoded: Uint8Array): Uint8Array | null {
  const message = decoded(encoded);
  // Every device puts it beside the content; some wrap both.
  const beside = message && (message.messageContextInfo ?? unwrap(message).messageContextInfo);
  return beside?.messageSecret?.length ? beside.messageSecret : null;
}

/** The same message with another text: what it quotes, and the media under a caption, stay. */
export function withText(encoded: Uint8Array, text: string): Uint8Array {
  const message = decoded(encoded);
  if (!message) return encoded;
  const inside = unwrap(message);
  const media = inside.imageMessage ?? inside.videoMessage ?? inside.documentMessage;
  if (media) media.caption = text;
  else if (inside.extendedTextMessage) inside.extendedTextMessage.text = text;
  else if (typeof inside.conversation === 'string') inside.conversation = text;
  return proto.Message.encode(message).finish();
}

function decoded(encoded: Uint8Array): proto.Message | undefined {
  return encoded.length > 0 ? proto.Message.decode(encoded) : undefined;
}
