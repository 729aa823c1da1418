import { SessionRecord } from 'whatsapp-rust-bridge';
import { toSignalError } from './errors.ts';
import { bytesField, numberField, readFields, varint } from './protobuf.ts';

// Field tags with which the bridge's records begin: 1 is the open session (or a sender-key state), 2 an
// archived session. Stock records are JSON and begin with `{` or `[`; the bridge would try to read them as
// its own older format and take the process down where they surprise it.
const OPEN = 0x0a;
const ARCHIVED = 0x12;

/** As many archived sessions as libsignal keeps. */
const MAX_ARCHIVED = 40;

/** A stored record if it is one of ours; `null` for absent ones and for those of another implementation. */
export function ownRecord(stored: unknown): Uint8Array | null {
  if (!(stored instanceof Uint8Array)) return null;
  return stored[0] === OPEN || stored[0] === ARCHIVED ? stored : null;
}

/** The sessions of a record, the open one first (libsignal's `RecordStructure`). */
export function sessionsOf(record: Uint8Array): Uint8Array[] {
  return readFields(record).flatMap(({ value }) => (value instanceof Uint8Array ? [value] : []));
}

/** A record of these sessions: the first is the open one, the oldest beyond the limit are forgotten. */
export function recordOf(sessions: readonly Uint8Array[]): Uint8Array {
  const parts = sessions
    .slice(0, MAX_ARCHIVED + 1)
    .flatMap((session, i) => [Uint8Array.of(i === 0 ? OPEN : ARCHIVED, ...varint(session.length)), session]);
  return Buffer.concat(parts);
}

/** Whether something can be encrypted with this record, apart from only decrypting late messages. */
export function hasOpenSession(record: Uint8Array): boolean {
  try {
    using session = SessionRecord.deserialize(record);
    return session.haveOpenSession();
  } catch (error) {
    throw toSignalError(error);
  }
}

/** The key with which one side began the session, the same on both ends (`SessionStructure`, field 13). */
export function baseKeyOf(session: Uint8Array): Uint8Array | undefined {
  return bytesField(readFields(session), 13);
}

/** What identifies the open session; `null` when there is none. */
export function sessionInfo(record: Uint8Array): { baseKey: Uint8Array; registrationId: number } | null {
  const [open] = sessionsOf(record);
  if (!open) return null;
  const baseKey = baseKeyOf(open);
  const registrationId = numberField(readFields(open), 10);
  if (!baseKey || registrationId === undefined) return null;
  return { baseKey: Uint8Array.from(baseKey), registrationId };
}

/** What a pre-key message says in the clear, before anything of it is authenticated. */
export type PreKeyHeader = {
  readonly preKeyId: number | undefined;
  readonly baseKey: Uint8Array;
  readonly identityKey: Uint8Array;
};

/** `null` when this is not a pre-key message: a version byte, then libsignal's `PreKeySignalMessage`. */
export function preKeyHeader(ciphertext: Uint8Array): PreKeyHeader | null {
  try {
    const fields = readFields(ciphertext.subarray(1));
    const baseKey = bytesField(fields, 2);
    const identityKey = bytesField(fields, 3);
    if (!baseKey || identityKey?.length !== 33) return null;
    return { preKeyId: numberField(fields, 1), baseKey, identityKey: Uint8Array.from(identityKey) };
  } catch {
    return null;
  }
}
