import type { KeyPair, PreKeyBundleInput, SignalStorage, SignedPreKey } from 'whatsapp-rust-bridge';
import { ProtocolAddress, SessionBuilder, SessionCipher } from 'whatsapp-rust-bridge';
import type { SignalAddress } from './address.ts';
import { nameOf } from './address.ts';
import { SignalError, toSignalError } from './errors.ts';
import { baseKeyOf, type PreKeyHeader, recordOf, sessionsOf } from './records.ts';

/** Everything of ours that one operation on one session may read. */
export type OwnKeys = {
  readonly identity: KeyPair;
  readonly registrationId: number;
  readonly signedPreKey: SignedPreKey;
};

/** The new record, to be stored; and the one-time pre-key that the message consumed. */
export type Step<T> = { readonly value: T; readonly record: Uint8Array; readonly usedPreKey?: number };

export type Encrypted = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array };

const NONE = new Uint8Array();

// libsignal's CiphertextMessageType; an ordinary message is 2 here and 1 in stock libsignal.
const PRE_KEY_MESSAGE = 3;

/** Encrypts with the open session. */
export function encrypt(
  own: OwnKeys,
  peer: SignalAddress,
  record: Uint8Array,
  data: Uint8Array,
): Promise<Step<Encrypted>> {
  const sessions = sessionsOf(record);
  return step(own, peer, sessions, sessions[0], undefined, async (storage, address) => {
    using cipher = new SessionCipher(storage, address);
    const { type, body } = await cipher.encrypt(data);
    return { type: type === PRE_KEY_MESSAGE ? 'pkmsg' : 'msg', ciphertext: body };
  });
}

/** Decrypts an ordinary message with the one session that fits; that one becomes the open one. */
export async function decrypt(
  own: OwnKeys,
  peer: SignalAddress,
  record: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Step<Uint8Array>> {
  const sessions = sessionsOf(record);
  let failure = new SignalError('no-session');
  for (const session of sessions) {
    try {
      return await step(own, peer, sessions, session, undefined, async (storage, address) => {
        using cipher = new SessionCipher(storage, address);
        return await cipher.decryptWhisperMessage(ciphertext);
      });
    } catch (error) {
      failure = toSignalError(error);
      if (failure.code !== 'bad-mac') throw failure;
    }
  }
  throw failure;
}

/**
 * Decrypts a pre-key message: with the session that it began already, or with the new one that it begins.
 * `preKey` finds the one that its header names, if we still have it; only a new session needs it.
 */
export async function decryptPreKey(
  own: OwnKeys,
  peer: SignalAddress,
  record: Uint8Array | null,
  header: PreKeyHeader,
  preKey: () => Promise<KeyPair | undefined>,
  ciphertext: Uint8Array,
): Promise<Step<Uint8Array>> {
  const sessions = record ? sessionsOf(record) : [];
  const begun = sessions.find((session) => Buffer.compare(baseKeyOf(session) ?? NONE, header.baseKey) === 0);
  return step(own, peer, sessions, begun, begun ? undefined : await preKey(), async (storage, address) => {
    using cipher = new SessionCipher(storage, address);
    return await cipher.decryptPreKeyWhisperMessage(ciphertext);
  });
}

/** Opens a session from the peer's pre-key bundle; the existing ones are archived. */
export function open(
  own: OwnKeys,
  peer: SignalAddress,
  record: Uint8Array | null,
  bundle: PreKeyBundleInput,
): Promise<Step<void>> {
  const sessions = record ? sessionsOf(record) : [];
  return step(own, peer, sessions, undefined, undefined, async (storage, address) => {
    using builder = new SessionBuilder(storage, address);
    await builder.initOutgoing(bundle);
  });
}

/**
 * Runs one operation of the bridge on one session (or towards a new one) and in memory alone.
 *
 * One session: the bridge would try all of a record in turn, but what a wrong one has stepped through before
 * its MAC failed stays in the record, and the other side cannot read what is sent with that session afterwards.
 *
 * In memory: the bridge resumes its futures from a queue of its own, outside of our asynchronous context, so
 * a store that it called itself would miss the running transaction. It also makes an operation all or
 * nothing: what failed has changed nothing.
 */
async function step<T>(
  own: OwnKeys,
  peer: SignalAddress,
  sessions: readonly Uint8Array[],
  used: Uint8Array | undefined,
  preKey: KeyPair | undefined,
  operation: (storage: SignalStorage, address: ProtocolAddress) => Promise<T>,
): Promise<Step<T>> {
  let current = used && recordOf([used]);
  let usedPreKey: number | undefined;
  const storage: SignalStorage = {
    loadSession: () => current,
    storeSession: (_address, record) => {
      using updated = record;
      current = updated.serialize();
    },
    getOurIdentity: () => own.identity,
    getOurRegistrationId: () => own.registrationId,
    // Trust on first use, as WhatsApp's own clients do; the repository replaces sessions on a change.
    isTrustedIdentity: () => true,
    loadPreKey: () => preKey,
    removePreKey: (id) => {
      usedPreKey = id;
    },
    loadSignedPreKey: (id) => (id === own.signedPreKey.keyId ? own.signedPreKey : undefined),
    loadSenderKey: () => undefined,
    storeSenderKey: () => undefined,
  };
  try {
    using address = new ProtocolAddress(nameOf(peer), peer.device);
    const value = await operation(storage, address);
    const [open] = current ? sessionsOf(current) : [];
    if (!open) throw new SignalError('failed', 'no session was stored');
    const record = recordOf([open, ...sessions.filter((session) => session !== used)]);
    return usedPreKey === undefined ? { value, record } : { value, record, usedPreKey };
  } catch (error) {
    throw toSignalError(error);
  }
}
