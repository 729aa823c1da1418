import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { expandAppStateKeys, LTHashAntiTampering } from 'whatsapp-rust-bridge';

/*
 * How WhatsApp protects the state that the devices of an account share. The server numbers patches and has no key:
 * every value, every index, every patch and the collection as a whole carry a MAC, and each device checks them all.
 */

export const { SET, REMOVE } = proto.SyncdMutation.SyncdOperation;
export type Operation = proto.SyncdMutation.SyncdOperation;

/** One entry of a collection as it is now, or its removal. */
export interface Mutation {
  operation: Operation;
  /** Names the entry: `['mute', '<jid>']`. */
  index: string[];
  value: proto.ISyncActionValue;
  /** Version of the action's own format. */
  apiVersion: number;
}

/** A mutation as it travels. */
export interface Sealed {
  operation: Operation;
  record: proto.ISyncdRecord;
  indexMac: Uint8Array;
  valueMac: Uint8Array;
}

export interface AppStateKey {
  id: Uint8Array;
  indexKey: Uint8Array;
  valueEncryptionKey: Uint8Array;
  valueMacKey: Uint8Array;
  snapshotMacKey: Uint8Array;
  patchMacKey: Uint8Array;
}

/** A MAC or a ciphertext is wrong, or a patch is missing: nothing of this may be kept. */
export class AppStateDamaged extends Error {
  override name = 'AppStateDamaged';
}

export const EMPTY_HASH: Uint8Array = new Uint8Array(128);

const MAC_BYTES = 32;
const IV_BYTES = 16;
const ltHash = new LTHashAntiTampering();

/** The hash of a collection after a change: it costs what the change is, not what the collection is. */
export function mixed(hash: Uint8Array, removed: Uint8Array[], added: Uint8Array[]): Uint8Array {
  return ltHash.subtractThenAdd(hash, removed, added);
}

export function expandKey(id: Uint8Array, data: Uint8Array): AppStateKey {
  const keys = expandAppStateKeys(data);
  const { indexKey, valueEncryptionKey, valueMacKey, snapshotMacKey, patchMacKey } = keys;
  keys.free(); // it lives in the memory of the WebAssembly module
  return { id, indexKey, valueEncryptionKey, valueMacKey, snapshotMacKey, patchMacKey };
}

export function seal(key: AppStateKey, { operation, index, value, apiVersion }: Mutation): Sealed {
  const name = Buffer.from(JSON.stringify(index));
  const action = { index: name, value, padding: new Uint8Array(), version: apiVersion };
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-cbc', key.valueEncryptionKey, iv);
  const plain = proto.SyncActionData.encode(action).finish();
  const encrypted = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  const indexMac = hmac(key.indexKey, name);
  const valueMac = contentMac(key, operation, encrypted);
  const blob = Buffer.concat([encrypted, valueMac]);
  const record = { index: { blob: indexMac }, value: { blob }, keyId: { id: key.id } };
  return { operation, record, indexMac, valueMac };
}

/** Throws `AppStateDamaged`. */
export function open(key: AppStateKey, { operation, record, indexMac, valueMac }: Sealed): Mutation {
  const encrypted = (record.value?.blob ?? new Uint8Array()).subarray(0, -MAC_BYTES);
  requireMac('value', contentMac(key, operation, encrypted), valueMac);
  const { index, value, version } = proto.SyncActionData.decode(decrypted(key, encrypted));
  requireMac('index', hmac(key.indexKey, index ?? new Uint8Array()), indexMac);
  return { operation, index: indexOf(index), value: value ?? {}, apiVersion: version ?? 0 };
}

function decrypted(key: AppStateKey, encrypted: Uint8Array): Uint8Array {
  try {
    const iv = encrypted.subarray(0, IV_BYTES);
    const decipher = createDecipheriv('aes-256-cbc', key.valueEncryptionKey, iv);
    return Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AppStateDamaged('a value cannot be decrypted', { cause: error });
  }
}

/** `["mute","<jid>"]`; anything else names nothing that we know. */
function indexOf(bytes: Uint8Array | null | undefined): string[] {
  const index: unknown = JSON.parse(Buffer.from(bytes ?? '[]').toString());
  return Array.isArray(index) ? index.map(String) : [];
}

/** Splits a mutation off the wire; throws `AppStateDamaged` when a part is missing. */
export function readSealed(record: proto.ISyncdRecord | null | undefined, operation: Operation): Sealed {
  const indexMac = record?.index?.blob;
  const blob = record?.value?.blob;
  if (!record || !indexMac || !blob || blob.length <= IV_BYTES + MAC_BYTES) {
    throw new AppStateDamaged('a mutation is incomplete');
  }
  return { operation, record, indexMac, valueMac: blob.subarray(-MAC_BYTES) };
}

/** Vouches for everything that a collection holds at a version. */
export function snapshotMac(key: AppStateKey, hash: Uint8Array, version: number, name: string): Uint8Array {
  return hmac(key.snapshotMacKey, hash, versionBytes(version), Buffer.from(name));
}

/** Vouches for one patch. */
export function patchMac(
  key: AppStateKey,
  patch: { snapshotMac: Uint8Array; mutations: Sealed[]; version: number; name: string },
): Uint8Array {
  const valueMacs = patch.mutations.map(({ valueMac }) => valueMac);
  const rest = [versionBytes(patch.version), Buffer.from(patch.name)];
  return hmac(key.patchMacKey, patch.snapshotMac, ...valueMacs, ...rest);
}

export function requireMac(of: string, expected: Uint8Array, given: Uint8Array | null | undefined): void {
  // The time of this comparison cannot be measured from outside: it ends in the log, not in an answer.
  if (!given || Buffer.compare(expected, given) !== 0)
    throw new AppStateDamaged(`the MAC of the ${of} is wrong`);
}

function contentMac(key: AppStateKey, operation: Operation, encrypted: Uint8Array): Uint8Array {
  const about = Buffer.concat([Buffer.from([operation === SET ? 1 : 2]), key.id]);
  const mac = createHmac('sha512', key.valueMacKey).update(about).update(encrypted);
  return mac.update(versionBytes(about.length)).digest().subarray(0, MAC_BYTES);
}

function hmac(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes;
}
