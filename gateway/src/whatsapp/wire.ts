import type { BinaryNode, proto, WAMessage } from './proto.ts';

/*
 * WhatsApp's own forms, as the rooms above `whatsapp/` hold them: they pass them on and cannot look inside, so that no
 * rule of theirs depends on the schema. `outbound/` makes them, and only `whatsapp/` opens them. Nothing is copied: a
 * closed form is the same object under another type.
 */

declare const closed: unique symbol;

/** The content of a message. */
export interface WireMessage {
  readonly [closed]: 'message';
}

/** A child of a message's stanza beside the content. */
export interface WireNode {
  readonly [closed]: 'node';
}

/** What stands beside a text or a file: its quote and mentions. */
export interface WireContext {
  readonly [closed]: 'context';
}

/** A message of the past with what the phone keeps beside its content. */
export interface WireHistoryEntry {
  readonly [closed]: 'history entry';
}

export function wireMessage(content: proto.IMessage): WireMessage {
  return content as unknown as WireMessage;
}

export function openMessage(message: WireMessage): proto.IMessage {
  return message as unknown as proto.IMessage;
}

export function wireNode(node: BinaryNode): WireNode {
  return node as unknown as WireNode;
}

export function openNode(node: WireNode): BinaryNode {
  return node as unknown as BinaryNode;
}

export function wireContext(context: proto.IContextInfo): WireContext {
  return context as unknown as WireContext;
}

export function openContext(context: WireContext): proto.IContextInfo {
  return context as unknown as proto.IContextInfo;
}

export function wireHistoryEntry(entry: WAMessage): WireHistoryEntry {
  return entry as unknown as WireHistoryEntry;
}

export function openHistoryEntry(entry: WireHistoryEntry): WAMessage {
  return entry as unknown as WAMessage;
}
