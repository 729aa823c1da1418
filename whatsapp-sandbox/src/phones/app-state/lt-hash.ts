import { hkdfSync } from 'node:crypto';

const LANES = 64;
const BYTES = 2 * LANES;

/** The hash of a collection that holds nothing. */
export const EMPTY_HASH: Uint8Array = new Uint8Array(BYTES);

/**
 * LtHash16: the sum of what a collection holds, 64 lanes of 16 bits. It does not depend on the order, and what leaves
 * is subtracted, so a change costs what the change is and not what the collection is.
 */
export function withChanges(hash: Uint8Array, added: Uint8Array[], removed: Uint8Array[]): Uint8Array {
  const sum = Buffer.from(hash);
  for (const mac of added) mix(sum, mac, 1);
  for (const mac of removed) mix(sum, mac, -1);
  return sum;
}

function mix(sum: Buffer, mac: Uint8Array, sign: 1 | -1): void {
  const lanes = Buffer.from(hkdfSync('sha256', mac, '', 'WhatsApp Patch Integrity', BYTES));
  for (let at = 0; at < BYTES; at += 2) {
    sum.writeUInt16LE((sum.readUInt16LE(at) + sign * lanes.readUInt16LE(at)) & 0xffff, at);
  }
}
