import type { SpooledText } from '../../../storage/spooled-text.ts';
import { whatsAppError } from '../../errors.ts';
import { slices } from './base64.ts';

const MAX_URL_CHARACTERS = 8_192;
/** A URL that is longer is refused, and the prefix of a `data:` URL is shorter. */
const HEAD_CHARACTERS = MAX_URL_CHARACTERS + 1;
const SCHEME = /^\s*([a-z][a-z0-9+.-]*):/i;
/** `data:image/png;base64,`; what stands between type and `base64` does not matter. */
const DATA_PREFIX = /^\s*data:([^;,]{0,200})((?:;[^;,]{0,200}){0,10}?);base64,/i;

/** A file as the client names it, before anything of it was read. */
export type MediaSource =
  | { from: 'url'; url: string }
  /** `base64` is behind the prefix of a `data:` URL, `declared` the type that it gives. */
  | { from: 'text'; base64: Iterable<string> | AsyncIterable<string>; declared: string | null };

/**
 * Reads a field that takes media: an http(s) URL, base64, or a data URI. Throws `WhatsAppError` for anything else.
 * @param field as error texts name it
 * @param takesUrl false for `mediaBase64`
 */
export function readSource(text: string | SpooledText, field: string, takesUrl = true): MediaSource {
  const head = typeof text === 'string' ? text.slice(0, HEAD_CHARACTERS) : text.head;
  const scheme = SCHEME.exec(head)?.[1]?.toLowerCase();
  if (scheme === undefined) return { from: 'text', base64: from(text, 0), declared: null };
  if (scheme === 'data') {
    const prefix = DATA_PREFIX.exec(head);
    if (!prefix) throw whatsAppError('base64_invalid');
    return { from: 'text', base64: from(text, prefix[0].length), declared: prefix[1]?.trim() || null };
  }
  if (!takesUrl) throw whatsAppError('base64_invalid');
  const url = head.trim();
  if ((scheme !== 'http' && scheme !== 'https') || !URL.canParse(url)) {
    throw whatsAppError('source_invalid', { field });
  }
  if (url.length > MAX_URL_CHARACTERS) {
    throw whatsAppError('source_too_long', { field, characters: MAX_URL_CHARACTERS });
  }
  return { from: 'url', url };
}

function from(text: string | SpooledText, offset: number): Iterable<string> | AsyncIterable<string> {
  return typeof text === 'string' ? slices(text, offset) : without(text.pieces(), offset);
}

async function* without(pieces: AsyncIterable<string>, characters: number): AsyncGenerator<string> {
  let left = characters;
  for await (const piece of pieces) {
    if (left < piece.length) yield piece.slice(left);
    left = Math.max(0, left - piece.length);
  }
}
