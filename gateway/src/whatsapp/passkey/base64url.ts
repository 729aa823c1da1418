/**
 * The bytes of unpadded base64url, as WebAuthn writes it in JSON; null for anything else: a value of another type or
 * length, padding, the other base64 alphabet, or bits left over.
 */
export function fromBase64url(text: unknown, { min, max }: { min: number; max: number }): Buffer | null {
  // Four characters carry three bytes; a longer text is refused before it is decoded.
  if (typeof text !== 'string' || text.length > Math.ceil((max * 4) / 3)) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < min || bytes.length > max) return null;
  return bytes.toString('base64url') === text ? bytes : null;
}
