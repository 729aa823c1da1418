import * as bridge from 'whatsapp-rust-bridge';

/** A Curve25519 key pair: `pubKey` has 33 bytes (type byte 5 in front), `privKey` 32. */
export type KeyPair = { pubKey: Buffer; privKey: Buffer };

/** The type byte that Signal puts in front of a Curve25519 key. */
const CURVE25519 = 5;

export function bridgeKeyPair(): KeyPair {
  const { pubKey, privKey } = bridge.generateKeyPair();
  return { pubKey: Buffer.from(pubKey), privKey: Buffer.from(privKey) };
}

/** A source that makes a pair in half the time; null where libsodium's library does not load, as without glibc. */
export async function sodiumKeyPairs(): Promise<(() => KeyPair) | null> {
  const sodium = await import('sodium-native').then(
    (loaded) => loaded.default,
    () => null,
  );
  if (!sodium) return null;
  return () => {
    const pubKey = Buffer.alloc(33, CURVE25519);
    const privKey = Buffer.alloc(32);
    sodium.crypto_box_keypair(pubKey.subarray(1), privKey);
    return { pubKey, privKey: clamped(privKey) };
  };
}

/**
 * libsodium clamps a key only where it uses it (RFC 7748, section 5), Signal where it makes it. XEdDSA signs with the
 * stored key: code that trusts it to be clamped would sign for another public key.
 */
function clamped(key: Buffer): Buffer {
  key.writeUInt8(key.readUInt8(0) & 0xf8, 0);
  key.writeUInt8((key.readUInt8(31) & 0x7f) | 0x40, 31);
  return key;
}
