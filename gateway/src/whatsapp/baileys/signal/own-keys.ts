import type { SignalCreds } from 'baileys';
import { generateSignalPubKey } from 'baileys';
import type { KeyPair } from 'whatsapp-rust-bridge';
import type { OwnKeys } from './session-cipher.ts';

/** Baileys keeps public keys without their type byte, the bridge wants it. */
export function bridgeKeyPair(pair: { public: Uint8Array; private: Uint8Array }): KeyPair {
  return { pubKey: generateSignalPubKey(pair.public), privKey: pair.private };
}

/** Read anew for every operation: Baileys rotates the signed pre-key while the socket lives. */
export function ownKeys({ signedIdentityKey, signedPreKey, registrationId }: SignalCreds): OwnKeys {
  return {
    identity: bridgeKeyPair(signedIdentityKey),
    registrationId,
    signedPreKey: {
      keyId: signedPreKey.keyId,
      keyPair: bridgeKeyPair(signedPreKey.keyPair),
      signature: signedPreKey.signature,
    },
  };
}
