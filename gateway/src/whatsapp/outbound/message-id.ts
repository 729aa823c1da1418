/** What WhatsApp Web begins its message ids with. */
const PREFIX = '3EB0';
const RANDOM_BYTES = 9;

/** An id as WhatsApp Web makes them; `random` gives that many bytes. */
export function newMessageId(random: (bytes: number) => Uint8Array): string {
  return PREFIX + Buffer.from(random(RANDOM_BYTES)).toString('hex').toUpperCase();
}
