import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { sameBytes } from '../../wire/keys.ts';
import { type AppStateKey, hmac, type MutationKeys, mutationKeys } from './keys.ts';

export const { SET, REMOVE } = proto.SyncdMutation.SyncdOperation;
type Operation = proto.SyncdMutation.SyncdOperation;

const MAC_BYTES = 32;
const IV_BYTES = 16;

/** What was changed, in clear: `index` names the entry, `value` is what it says now. */
export interface Mutation {
  operation: Operation;
  /** `['mute', '<jid>']` */
  index: string[];
  value: proto.ISyncActionValue;
  /** Version of the action's own format. */
  apiVersion: number;
}

/** A mutation as it is kept: the server sees MACs and ciphertext only. */
export interface Sealed {
  operation: Operation;
  record: proto.ISyncdRecord;
  indexMac: Uint8Array;
  valueMac: Uint8Array;
}

/** A MAC or a ciphertext is not what it should be. */
export class AppStateDamaged extends Error {}

export function sealMutation(key: AppStateKey, { operation, index, value, apiVersion }: Mutation): Sealed {
  const keys = mutationKeys(key);
  const indexBytes = Buffer.from(JSON.stringify(index));
  const action = { index: indexBytes, value, padding: new Uint8Array(), version: apiVersion };
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-cbc', keys.valueEncryption, iv);
  const plain = proto.SyncActionData.encode(action).finish();
  const encrypted = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  const indexMac = hmac(keys.index, indexBytes);
  const valueMac = macOf(keys, operation, key.id, encrypted);
  const record = {
    index: { blob: indexMac },
    value: { blob: Buffer.concat([encrypted, valueMac]) },
    keyId: { id: key.id },
  };
  return { operation, record, indexMac, valueMac };
}

/** Opens a mutation. Throws `AppStateDamaged` when a MAC does not match. */
export function openMutation(key: AppStateKey, { operation, record, indexMac, valueMac }: Sealed): Mutation {
  const keys = mutationKeys(key);
  const encrypted = (record.value?.blob ?? new Uint8Array()).subarray(0, -MAC_BYTES);
  if (!sameBytes(macOf(keys, operation, key.id, encrypted), valueMac)) {
    throw new AppStateDamaged('the MAC of a value is wrong');
  }
  const decipher = createDecipheriv('aes-256-cbc', keys.valueEncryption, encrypted.subarray(0, IV_BYTES));
  const plain = Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES)), decipher.final()]);
  const { index, value, version } = proto.SyncActionData.decode(plain);
  if (!index || !sameBytes(hmac(keys.index, index), indexMac)) {
    throw new AppStateDamaged('the MAC of an index is wrong');
  }
  return {
    operation,
    index: JSON.parse(Buffer.from(index).toString()) as string[],
    value: value ?? {},
    apiVersion: version ?? 0,
  };
}

/** Reads the parts of a mutation off the wire; null when one is missing. */
export function readSealed({ operation, record }: proto.ISyncdMutation): Sealed | null {
  const indexMac = record?.index?.blob;
  const value = record?.value?.blob;
  if (!record?.keyId?.id || indexMac?.length !== MAC_BYTES || !value) return null;
  if (value.length < IV_BYTES + IV_BYTES + MAC_BYTES) return null;
  return { operation: operation ?? SET, record, indexMac, valueMac: value.subarray(-MAC_BYTES) };
}

function macOf(keys: MutationKeys, operation: Operation, keyId: Uint8Array, encrypted: Uint8Array): Buffer {
  const about = Buffer.concat([Buffer.from([operation === SET ? 1 : 2]), keyId]);
  const length = Buffer.alloc(8);
  length.writeUInt8(about.length, 7);
  return createHmac('sha512', keys.valueMac)
    .update(about)
    .update(encrypted)
    .update(length)
    .digest()
    .subarray(0, MAC_BYTES);
}
