import { BufferJSON, proto, type SignalDataTypeMap } from 'baileys';

/*
 * Signal sessions and sender keys are written at every message, so bytes stay bytes. The rest is rare and small:
 * JSON with Baileys' own notation for buffers.
 */
const BYTES = 0;
const JSON_TEXT = 1;

export type KeyKind = keyof SignalDataTypeMap;

/** One marker byte, then the value. */
export function encodeKey(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.of(BYTES), value]);
  return Buffer.concat([Buffer.of(JSON_TEXT), Buffer.from(JSON.stringify(value, BufferJSON.replacer))]);
}

/** Throws when the bytes are not what `encodeKey` made. */
export function decodeKey<K extends KeyKind>(kind: K, bytes: Buffer): SignalDataTypeMap[K] {
  const body = bytes.subarray(1);
  if (bytes[0] === BYTES) return body as unknown as SignalDataTypeMap[K];
  if (bytes[0] !== JSON_TEXT) throw new Error(`unknown encoding of a ${kind}`);
  const value: unknown = JSON.parse(body.toString(), BufferJSON.reviver);
  // Baileys calls methods of the generated class on it.
  if (kind === 'app-state-sync-key') {
    return proto.Message.AppStateSyncKeyData.fromObject(value as object) as unknown as SignalDataTypeMap[K];
  }
  return value as SignalDataTypeMap[K];
}
