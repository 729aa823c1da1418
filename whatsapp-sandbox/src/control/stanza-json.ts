import type { Stanza } from '../wire/stanza.ts';
import { ControlError } from './http.ts';

const MAX_DEPTH = 12;
const MAX_ATTRIBUTES = 100;

/**
 * Reads a stanza from JSON: `{tag, attrs?, content?}`. `content` is a list of stanzas, a string, or `{bytes}` in base64.
 * A 400 when it is anything else, or too deep.
 */
export function readStanza(value: unknown, depth = 0): Stanza {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) throw malformed();
  const { tag, attrs, content } = value as { tag?: unknown; attrs?: unknown; content?: unknown };
  if (typeof tag !== 'string' || tag === '') throw malformed();
  const node = { tag, attrs: readAttributes(attrs) };
  return content === undefined ? node : { ...node, content: readContent(content, depth) };
}

/** Writes a stanza as `readStanza` reads it. */
export function writeStanza({ tag, attrs, content }: Stanza): object {
  if (content === undefined) return { tag, attrs };
  if (typeof content === 'string') return { tag, attrs, content };
  if (Array.isArray(content)) return { tag, attrs, content: content.map(writeStanza) };
  return { tag, attrs, content: { bytes: Buffer.from(content).toString('base64') } };
}

function readAttributes(attrs: unknown): Record<string, string> {
  if (attrs === undefined) return {};
  if (typeof attrs !== 'object' || attrs === null) throw malformed();
  const entries = Object.entries(attrs);
  const strings = entries.every((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (!strings || entries.length > MAX_ATTRIBUTES) throw malformed();
  return Object.fromEntries(entries);
}

function readContent(content: unknown, depth: number): Stanza[] | string | Uint8Array {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map((each) => readStanza(each, depth + 1));
  const { bytes } = (content ?? {}) as { bytes?: unknown };
  if (typeof bytes !== 'string') throw malformed();
  return Buffer.from(bytes, 'base64');
}

function malformed(): ControlError {
  return new ControlError(400, 'a stanza is {tag, attrs?, content?}, content a list, a string or {bytes}');
}
