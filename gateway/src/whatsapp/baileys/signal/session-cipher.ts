import type { KeyPair, PreKeyBundleInput, SignalStorage, SignedPreKey } from 'whatsapp-rust-bridge';
import { ProtocolAddress, SessionBuilder, SessionCipher } from 'whatsapp-rust-bridge';
import type { SignalAddress } from './address.ts';
import { nameOf } from './address.ts';
import { SignalError, toSignalError } from './errors.ts';

/** Everything of ours that one operation on one session may read. */
export type OwnKeys = {
  readonly identity: KeyPair;
  readonly registrationId: number;
  readonly signedPreKey: SignedPreKey;
};

/** The new session record, to be stored; and the one-time pre-key that the message consumed. */
export type Step<T> = { readonly value: T; readonly session: Uint8Array; readonly usedPreKey?: number };

export type Encrypted = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array };

// libsignal's CiphertextMessageType; an ordinary message is 2 here and 1 in stock libsignal.
const PRE_KEY_MESSAGE = 3;

/** Encrypts with an existing session. */
export function encrypt(
  own: OwnKeys,
  peer: SignalAddress,
  session: Uint8Array,
  data: Uint8Array,
): Promise<Step<Encrypted>> {
  return step(own, peer, session, undefined, async (storage, address) => {
    using cipher = new SessionCipher(storage, address);
    const { type, body } = await cipher.encrypt(data);
    return { type: type === PRE_KEY_MESSAGE ? 'pkmsg' : 'msg', ciphertext: body };
  });
}

/** Decrypts an ordinary message. */
export function decrypt(
  own: OwnKeys,
  peer: SignalAddress,
  session: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Step<Uint8Array>> {
  return step(own, peer, session, undefined, async (storage, address) => {
    using cipher = new SessionCipher(storage, address);
    return await cipher.decryptWhisperMessage(ciphertext);
  });
}

/** Decrypts a pre-key message; `preKey` is the one that its header names, if we still have it. */
export function decryptPreKey(
  own: OwnKeys,
  peer: SignalAddress,
  session: Uint8Array | null,
  preKey: KeyPair | undefined,
  ciphertext: Uint8Array,
): Promise<Step<Uint8Array>> {
  return step(own, peer, session, preKey, async (storage, address) => {
    using cipher = new SessionCipher(storage, address);
    return await cipher.decryptPreKeyWhisperMessage(ciphertext);
  });
}

/** Opens a session from the peer's pre-key bundle; an existing one is archived inside the record. */
export function open(
  own: OwnKeys,
  peer: SignalAddress,
  session: Uint8Array | null,
  bundle: PreKeyBundleInput,
): Promise<Step<void>> {
  return step(own, peer, session, undefined, async (storage, address) => {
    using builder = new SessionBuilder(storage, address);
    await builder.initOutgoing(bundle);
  });
}

/**
 * Runs one operation of the bridge on memory alone. The bridge resumes its futures from a queue of its own,
 * outside of our asynchronous context, so a store that it called itself would miss the running transaction.
 * It also makes an operation all or nothing: what failed has changed nothing.
 */
async function step<T>(
  own: OwnKeys,
  peer: SignalAddress,
  session: Uint8Array | null,
  preKey: KeyPair | undefined,
  operation: (storage: SignalStorage, address: ProtocolAddress) => Promise<T>,
): Promise<Step<T>> {
  let stored: Uint8Array | undefined;
  let usedPreKey: number | undefined;
  const storage: SignalStorage = {
    loadSession: () => stored ?? session,
    storeSession: (_address, record) => {
      using updated = record;
      stored = updated.serialize();
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
    if (!stored) throw new SignalError('failed', 'no session was stored');
    return usedPreKey === undefined ? { value, session: stored } : { value, session: stored, usedPreKey };
  } catch (error) {
    throw toSignalError(error);
  }
}
