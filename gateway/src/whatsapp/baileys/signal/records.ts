import { SessionRecord } from 'whatsapp-rust-bridge';
import { toSignalError } from './errors.ts';
import { bytesField, numberField, readFields, varint } from './protobuf.ts';

// Field tags with which the bridge's records begin (1: current session or sender-key state, 2: an archived
// session). Stock records are JSON and begin with `{` or `[`; the bridge would try to read them as its own
// older format and take the process down where they surprise it.
const CURRENT = 0x0a;
const ARCHIVED = 0x12;

/** A stored record if it is one of ours; `null` for absent ones and for those of another implementation. */
export function ownRecord(stored: unknown): Uint8Array | null {
  if (!(stored instanceof Uint8Array)) return null;
  return stored[0] === CURRENT || stored[0] === ARCHIVED ? stored : null;
}

/** Whether something can be encrypted with this session, apart from only decrypting late messages. */
export function hasOpenSession(record: Uint8Array): boolean {
  try {
    using session = SessionRecord.deserialize(record);
    return session.haveOpenSession();
  } catch (error) {
    throw toSignalError(error);
  }
}

/**
 * One record that sends with the open session of `kept` and still reads what either could read: the sessions
 * of `other` are appended as archived ones, which protobuf allows and libsignal tries in turn.
 */
export function merged(kept: Uint8Array, other: Uint8Array): Uint8Array {
  const archived = readFields(other).flatMap(({ value }) =>
    value instanceof Uint8Array ? [Uint8Array.of(ARCHIVED, ...varint(value.length)), value] : [],
  );
  return Buffer.concat([kept, ...archived]);
}

/**
 * What identifies the open session on both ends; `null` when there is none. Field numbers are those of
 * libsignal's `RecordStructure` and `SessionStructure`.
 */
export function sessionInfo(record: Uint8Array): { baseKey: Uint8Array; registrationId: number } | null {
  const current = bytesField(readFields(record), 1);
  if (!current) return null;
  const fields = readFields(current);
  const baseKey = bytesField(fields, 13);
  const registrationId = numberField(fields, 10);
  if (!baseKey || registrationId === undefined) return null;
  return { baseKey: Uint8Array.from(baseKey), registrationId };
}

/** What a pre-key message says in the clear, before anything of it is authenticated. */
export type PreKeyHeader = { preKeyId: number | undefined; identityKey: Uint8Array };

/** `null` when this is not a pre-key message: a version byte, then libsignal's `PreKeySignalMessage`. */
export function preKeyHeader(ciphertext: Uint8Array): PreKeyHeader | null {
  try {
    const fields = readFields(ciphertext.subarray(1));
    const identityKey = bytesField(fields, 3);
    if (identityKey?.length !== 33) return null;
    return { preKeyId: numberField(fields, 1), identityKey: Uint8Array.from(identityKey) };
  } catch {
    return null;
  }
}
