import type { proto } from '../proto.ts';
import type { Kind } from './content.ts';

/** A new text or caption for an earlier message, which the key names. */
export function edit({ key }: proto.Message.IProtocolMessage, text: string): Kind | null {
  if (!key?.id) return null;
  return { type: 'message_edit', content: text, edit: { original_id: key.id, text } };
}

/** The caption of media, null when there is none. */
export function captionOf(message: proto.IMessage): string | null {
  const media = message.imageMessage ?? message.videoMessage ?? message.documentMessage;
  return media?.caption ?? null;
}
