import type { MessageType } from '../inbound/content.ts';
import { contentField, unwrap } from '../inbound/read.ts';
import type { proto } from '../proto.ts';
import { openMessage, type WireMessage, wireMessage } from '../wire.ts';

const FORWARDED: ReadonlySet<string> = new Set<MessageType>([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'contact',
  'contacts',
  'location',
]);

/** Kinds of messages that can be passed on. */
export function isForwardable(type: string): boolean {
  return FORWARDED.has(type);
}

/**
 * The same content, marked as forwarded and without what tied it to its chat: quote, mentions, keys. Media keep their
 * reference, so the file is not moved. null when there is no content.
 */
export function forwarded(message: WireMessage): WireMessage | null {
  const content = marked(unwrap(openMessage(message)));
  return content && wireMessage(content);
}

function marked(content: proto.IMessage): proto.IMessage | null {
  const field = contentField(content);
  if (!field) return null;
  const value = content[field];
  if (typeof value === 'string') {
    return { extendedTextMessage: { text: value, contextInfo: { isForwarded: true, forwardingScore: 1 } } };
  }
  if (typeof value !== 'object' || value === null) return null;
  const { contextInfo: before } = value as { contextInfo?: proto.IContextInfo | null };
  const contextInfo = { isForwarded: true, forwardingScore: (before?.forwardingScore ?? 0) + 1 };
  // What was to be seen once is not once more.
  return { [field]: { ...value, ...('viewOnce' in value && { viewOnce: false }), contextInfo } };
}
