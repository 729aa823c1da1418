/** The text is not base64. */
export class NotBase64 extends Error {
  override name = 'NotBase64';
}

const SLICE_CHARACTERS = 64 * 1024;
const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes base64 piece by piece, so that neither text nor file is ever copied as a whole. White space, the URL-safe
 * alphabet and missing padding are fine. Throws `NotBase64`.
 */
export async function* decodeBase64(text: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  let left = '';
  let padded = false;
  for await (const piece of text) {
    const clean = piece.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
    if (clean === '') continue;
    const joined = left + clean;
    // Padding ends the text; what follows it would be decoded as if it were none.
    if (padded ? /[^=]/.test(clean) : !ALPHABET.test(joined)) throw new NotBase64();
    padded ||= joined.endsWith('=');
    const whole = joined.length - (joined.length % 4);
    left = joined.slice(whole);
    if (whole > 0) yield Buffer.from(joined.slice(0, whole), 'base64');
  }
  const rest = left.replace(/=+$/, '');
  if (rest.length === 1) throw new NotBase64();
  if (rest) yield Buffer.from(rest, 'base64');
}

/** A text in pieces, from a position on. */
export function* slices(text: string, from: number): Generator<string> {
  for (let at = from; at < text.length; at += SLICE_CHARACTERS) yield text.slice(at, at + SLICE_CHARACTERS);
}
