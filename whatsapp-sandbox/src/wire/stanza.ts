import { inflateSync } from 'node:zlib';
import { type BinaryNode, decodeDecompressedBinaryNode, encodeBinaryNode } from 'baileys';
import * as tokens from 'baileys/lib/WABinary/constants.js';
import { MAX_FRAME_BYTES } from './frames.ts';

/** An XMPP-like node; attributes are strings, content is nodes or bytes. */
export type Stanza = BinaryNode;

/** Builds a stanza; attributes that are undefined are left out. */
export function stanza(
  tag: string,
  attributes: Record<string, string | undefined> = {},
  content?: Stanza[] | string | Uint8Array,
): Stanza {
  const attrs: Record<string, string> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) attrs[name] = value;
  }
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

export function encodeStanza(node: Stanza): Buffer {
  return encodeBinaryNode(node);
}

/** Decodes one frame's plain text; the first byte's second bit says that the rest is deflated. */
export function decodeStanza(plain: Buffer): Stanza {
  if (plain.length < 2) throw new Error('stanza: empty frame');
  const packed = plain.readUInt8(0) & 2;
  const body = plain.subarray(1);
  const flat = packed ? inflateSync(body, { maxOutputLength: MAX_FRAME_BYTES }) : body;
  return decodeDecompressedBinaryNode(flat, tokens);
}

export function children(node: Stanza | undefined, tag?: string): Stanza[] {
  if (!node || !Array.isArray(node.content)) return [];
  return tag === undefined ? node.content : node.content.filter((child) => child.tag === tag);
}

export function child(node: Stanza | undefined, tag: string): Stanza | undefined {
  if (!node || !Array.isArray(node.content)) return undefined;
  return node.content.find((each) => each.tag === tag);
}

/** Byte content of a child; text content is taken as UTF-8. */
export function childBytes(node: Stanza | undefined, tag: string): Uint8Array | undefined {
  return bytesOf(child(node, tag));
}

export function bytesOf(node: Stanza | undefined): Uint8Array | undefined {
  if (!node || node.content === undefined || Array.isArray(node.content)) return undefined;
  return typeof node.content === 'string' ? Buffer.from(node.content) : node.content;
}

export function textOf(node: Stanza | undefined): string | undefined {
  const bytes = bytesOf(node);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/** Big-endian unsigned integer in exactly `length` bytes. */
export function uint(value: number, length: number): Buffer {
  const out = Buffer.alloc(length);
  out.writeUIntBE(value, 0, length);
  return out;
}

/** Reads a big-endian unsigned integer of up to six bytes. */
export function readUint(bytes: Uint8Array | undefined): number | undefined {
  if (!bytes || bytes.length === 0 || bytes.length > 6) return undefined;
  return Buffer.from(bytes).readUIntBE(0, bytes.length);
}
