/** The public root key of WhatsApp's certificate chain, as whatsmeow holds it. */
const ROOT_KEY = Buffer.from('142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b', 'hex');
const URL = Buffer.from('wss://web.whatsapp.com/ws/chat');

/**
 * The program with another server's root key (hexadecimal) and WebSocket URL in the place of WhatsApp's. Each
 * replacement is as long as what it replaces, because the program refers to its data by address and length: a shorter
 * URL is filled up with a query. Throws when the URL is too long, or when the program does not hold each of the two
 * exactly once: another version of it, then, which must be looked at.
 */
export function pointedAt(program: Buffer, { url, rootKey }: { url: string; rootKey: string }): Buffer {
  const patched = Buffer.from(program);
  replaceOnce(patched, 'the root key', ROOT_KEY, Buffer.from(rootKey, 'hex'));
  replaceOnce(patched, 'the URL', URL, Buffer.from(filledUp(url, URL.length)));
  return patched;
}

function filledUp(url: string, length: number): string {
  const room = length - url.length;
  if (room < 0) throw new Error(`${url} is longer than the ${length} bytes that the program has for it`);
  return room === 0 ? url : `${url}?`.padEnd(length, 'a');
}

function replaceOnce(program: Buffer, what: string, from: Buffer, to: Buffer): void {
  if (from.length !== to.length)
    throw new Error(`${what} has ${from.length} bytes in the program, the new one ${to.length}`);
  const at = program.indexOf(from);
  if (at < 0) throw new Error(`the program does not hold ${what}`);
  if (program.includes(from, at + 1)) throw new Error(`the program holds ${what} more than once`);
  to.copy(program, at);
}
