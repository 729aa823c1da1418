import { failure } from '../../../failure.ts';

const MAX_URL_CHARACTERS = 8_192;
const SCHEME = /^\s*([a-z][a-z0-9+.-]*):/i;
/** `data:image/png;base64,`; what stands between type and `base64` does not matter. */
const DATA_PREFIX = /^\s*data:([^;,]{0,200})((?:;[^;,]{0,200}){0,10}?);base64,/i;

/** A file as the client names it, before anything of it was read. */
export type MediaSource =
  | { from: 'url'; url: string }
  /** `offset` is where the base64 begins; `declared` is the type that a `data:` URL gives. */
  | { from: 'text'; text: string; offset: number; declared: string | null };

/**
 * Reads a field that takes media (`messages.md` 1.4).
 * @param field as error texts name it
 * @param takesUrl false for `mediaBase64`
 */
export function readSource(text: string, field: string, takesUrl = true): MediaSource {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { from: 'text', text, offset: 0, declared: null };
  if (scheme === 'data') {
    const prefix = DATA_PREFIX.exec(text.slice(0, MAX_URL_CHARACTERS));
    if (!prefix) throw failure('field_invalid', { text: 'Invalid base64 data' });
    return { from: 'text', text, offset: prefix[0].length, declared: prefix[1]?.trim() || null };
  }
  if (!takesUrl) throw failure('field_invalid', { text: 'Invalid base64 data' });
  const url = text.trim();
  if ((scheme !== 'http' && scheme !== 'https') || !URL.canParse(url)) {
    throw failure('field_invalid', { text: `${field} must be an http(s) URL or base64 data` });
  }
  if (url.length > MAX_URL_CHARACTERS) {
    throw failure('field_invalid', { text: `${field} must be at most ${MAX_URL_CHARACTERS} characters` });
  }
  return { from: 'url', url };
}
