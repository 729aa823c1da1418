import {
  generateSignedPreKey,
  type SessionRecord,
  type SignalStorage,
  type SignedPreKey,
} from 'whatsapp-rust-bridge';
import { generateKeyPair, type KeyPair, sameBytes, withType } from '../../wire/keys.ts';

/** Everything secret about a phone; what `--state` keeps of it. */
export interface PhoneSecrets {
  identity: KeyPair;
  registrationId: number;
  signedPreKey: SignedPreKey;
  preKeys: Map<number, KeyPair>;
  nextPreKey: number;
  /** Session records by Signal address. */
  sessions: Map<string, Uint8Array>;
  /** Sender-key records, own and others', by the name that the bridge gives them. */
  senderKeys: Map<string, Uint8Array>;
  /** Device JIDs that were given this phone's own sender key, by group. */
  senderKeyHolders: Map<string, Set<string>>;
}

/** Makes the keys of a new phone. */
export function makeSecrets(registrationId: number): PhoneSecrets {
  const identity = generateKeyPair();
  return {
    identity,
    registrationId,
    signedPreKey: generateSignedPreKey(bridgePair(identity), 1),
    preKeys: new Map(),
    nextPreKey: 1,
    sessions: new Map(),
    senderKeys: new Map(),
    senderKeyHolders: new Map(),
  };
}

function bridgePair(pair: KeyPair): { pubKey: Uint8Array; privKey: Uint8Array } {
  return { pubKey: withType(pair.public), privKey: pair.private };
}

/** Adds one-time keys and returns their public halves, for the server's shelf. */
export function makePreKeys(secrets: PhoneSecrets, count: number): { id: number; key: Uint8Array }[] {
  return Array.from({ length: count }, () => {
    const id = secrets.nextPreKey++;
    const pair = generateKeyPair();
    secrets.preKeys.set(id, pair);
    return { id, key: pair.public };
  });
}

/**
 * Signal's view of a phone. A peer is trusted when it shows the identity key that the server has
 * registered for that device, as a phone that verifies its contacts' devices would find.
 * @param peerIdentity the registered identity key of the device that is being talked to
 */
export function signalStore(
  secrets: PhoneSecrets,
  peerIdentity: () => Uint8Array | undefined,
): SignalStorage {
  return {
    loadSession: (address) => secrets.sessions.get(address),
    storeSession: (address, record: SessionRecord) => {
      secrets.sessions.set(address, record.serialize());
    },
    getOurIdentity: () => bridgePair(secrets.identity),
    getOurRegistrationId: () => secrets.registrationId,
    isTrustedIdentity: (_user, key) => {
      const known = peerIdentity();
      return known !== undefined && sameBytes(withType(known), key);
    },
    loadPreKey: (id) => {
      const pair = secrets.preKeys.get(id);
      return pair && bridgePair(pair);
    },
    removePreKey: (id) => {
      secrets.preKeys.delete(id);
    },
    loadSignedPreKey: (id) => (id === secrets.signedPreKey.keyId ? secrets.signedPreKey : undefined),
    loadSenderKey: (name) => secrets.senderKeys.get(name),
    storeSenderKey: (name, record) => {
      secrets.senderKeys.set(name, record);
    },
  };
}
