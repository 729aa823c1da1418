import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 32;
export const IV_BYTES = 12;
const CODE_BYTES = 5;
const HANDOFF_INFO = 'shortcake-passkey-handoff-v1';
const PAIRING_INFO = 'Pairing Information Encryption Key';
/** Base32 without 0, I, O and U, which people misread. */
const CODE_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTVWXYZ';
/** PKCS#8 of an X25519 key up to its 32 bytes (RFC 8410); Node takes no raw private key. */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** X25519; both halves are 32 raw bytes. */
export interface KeyPair {
  public: Buffer;
  private: Buffer;
}

/** Proves to the phone that this device is the one whose code it scanned: known to both, sent by neither. */
export function handoffKey(advSecret: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', advSecret, '', HANDOFF_INFO, KEY_BYTES));
}

export function handoffProof(key: Uint8Array, prologuePayload: Uint8Array): Buffer {
  return createHmac('sha256', key).update(prologuePayload).digest();
}

/** Binds the device to its nonce before it knows the phone's, so that neither side can choose the code. */
export function commitment(identity: Uint8Array, nonce: Uint8Array): Buffer {
  return createHash('sha256').update(identity).update(nonce).digest();
}

/** `XXXX-XXXX`: what device and phone both show when no attacker is between them. */
export function verificationCode(
  companionNonce: Uint8Array,
  primary: { publicKey: Uint8Array; nonce: Uint8Array },
): string {
  const digest = createHash('sha256').update(companionNonce).update(primary.publicKey).digest();
  const bytes = Buffer.from(primary.nonce.subarray(0, CODE_BYTES).map((byte, i) => byte ^ (digest[i] ?? 0)));
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  const characters = Array.from(
    { length: 8 },
    (_, i) => CODE_ALPHABET[Number((bits >> BigInt(35 - 5 * i)) & 31n)],
  );
  return `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`;
}

/** The key of the encrypted pairing request. Throws when the phone's public key is a point of small order. */
export function pairingKey(
  ephemeralPrivate: Uint8Array,
  primaryPublic: Uint8Array,
  { deviceType, ref }: { deviceType: number; ref: string },
): Buffer {
  const shared = agree(ephemeralPrivate, primaryPublic);
  const salt = `Companion Pairing ${deviceType} with ref ${ref}`;
  const key = Buffer.from(hkdfSync('sha256', shared, salt, PAIRING_INFO, KEY_BYTES));
  wipe(shared);
  return key;
}

/** AES-256-GCM without additional data; the tag follows the ciphertext. */
export function seal(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The pair of a private key; the given bytes become its private half. */
export function keyPairOf(privateKey: Buffer): KeyPair {
  const { x } = createPublicKey(privateKeyOf(privateKey)).export({ format: 'jwk' });
  return { private: privateKey, public: Buffer.from(x ?? '', 'base64url') };
}

/** X25519 shared secret, 32 bytes. */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Buffer {
  const jwk = { kty: 'OKP', crv: 'X25519', x: Buffer.from(publicKey).toString('base64url') };
  const theirs = createPublicKey({ key: jwk, format: 'jwk' });
  return diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: theirs });
}

/** Overwrites secrets whose work is done. */
export function wipe(...secrets: (Uint8Array | null)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

function privateKeyOf(raw: Uint8Array) {
  const der = Buffer.concat([PKCS8_X25519, raw]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  wipe(der);
  return key;
}
