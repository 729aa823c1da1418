/**
 * Text that both databases take. PostgreSQL refuses U+0000, and a message that cannot be stored would be offered by
 * WhatsApp again and again.
 */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Its first characters, for names that strangers may make as long as they like. */
export function storableStart(text: string, characters: number): string {
  return [...storable(text)].slice(0, characters).join('');
}
