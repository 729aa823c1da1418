import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** A key of the app state, which a phone shares with its companions. */
export interface AppStateKey {
  id: Uint8Array;
  data: Uint8Array;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** What is derived from one key: each half of a mutation, and each MAC, has a key of its own. */
export interface MutationKeys {
  index: Uint8Array;
  valueEncryption: Uint8Array;
  valueMac: Uint8Array;
  snapshotMac: Uint8Array;
  patchMac: Uint8Array;
}

const KEY_BYTES = 32;

/** The id is two bytes of device and four of epoch; only that it is new matters here. */
export function makeAppStateKey(now: number): AppStateKey {
  return { id: Buffer.concat([Buffer.from([0, 0]), randomBytes(4)]), data: randomBytes(32), createdAt: now };
}

export function mutationKeys({ data }: Pick<AppStateKey, 'data'>): MutationKeys {
  const all = new Uint8Array(hkdfSync('sha256', data, '', 'WhatsApp Mutation Keys', 5 * KEY_BYTES));
  const key = (n: number) => all.subarray(n * KEY_BYTES, (n + 1) * KEY_BYTES);
  return { index: key(0), valueEncryption: key(1), valueMac: key(2), snapshotMac: key(3), patchMac: key(4) };
}

export function hmac(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Vouches for everything that a collection holds at a version. */
export function snapshotMac(keys: MutationKeys, hash: Uint8Array, version: number, name: string): Buffer {
  return hmac(keys.snapshotMac, hash, versionBytes(version), Buffer.from(name));
}

/** Vouches for one patch. */
export function patchMac(
  keys: MutationKeys,
  patch: { snapshotMac: Uint8Array; valueMacs: Uint8Array[]; version: number; name: string },
): Buffer {
  const { valueMacs, version, name } = patch;
  return hmac(keys.patchMac, patch.snapshotMac, ...valueMacs, versionBytes(version), Buffer.from(name));
}

function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes;
}
