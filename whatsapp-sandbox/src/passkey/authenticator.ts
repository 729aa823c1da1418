import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

export const RP_ID = 'whatsapp.com';
export const ORIGIN = 'https://web.whatsapp.com';

/** Flags of authenticator data (WebAuthn, section 6.1). */
export const FLAGS = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40, ED: 0x80 } as const;

/** What a browser returns as JSON of a signed assertion; all bytes are unpadded base64url. */
export interface AssertionJson {
  id: string;
  rawId: string;
  type: 'public-key';
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle: string | null;
  };
}

/** What the server of a relying party knows of a passkey. */
export interface RegisteredPasskey {
  credentialId: Uint8Array;
  publicKey: KeyObject;
  /** Of the last assertion; 0 for passkeys that do not count. */
  signCount: number;
}

export interface AssertRequest {
  /** Unpadded base64url. */
  challenge: string;
  origin?: string;
  rpId?: string;
  /** In place of those of the passkey's kind. */
  flags?: number;
}

/** Keeps of a passkey what must outlive the process; the private key is its 32-byte scalar. */
export interface PasskeySecrets {
  privateKey: Uint8Array;
  credentialId: Uint8Array;
  userHandle: Uint8Array;
  /** Synced between devices, as password managers do: backed up, and without a counter. */
  synced: boolean;
  signCount: number;
}

/** An authenticator in software that holds one discoverable P-256 passkey. */
export class SoftwareAuthenticator {
  readonly secrets: PasskeySecrets;
  readonly #key: KeyObject;

  constructor(secrets: PasskeySecrets) {
    this.secrets = secrets;
    this.#key = privateKeyOf(secrets.privateKey);
  }

  /** A new passkey. */
  static make({ synced = true }: { synced?: boolean } = {}): SoftwareAuthenticator {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    return new SoftwareAuthenticator({
      privateKey: leftPadded(ecdh.getPrivateKey()),
      credentialId: randomBytes(32),
      userHandle: randomBytes(32),
      synced,
      signCount: 0,
    });
  }

  get registered(): RegisteredPasskey {
    const { credentialId, signCount } = this.secrets;
    return { credentialId, signCount, publicKey: createPublicKey(this.#key) };
  }

  /** The private key as browsers take it: PKCS#8, DER. */
  get pkcs8(): Buffer {
    return this.#key.export({ type: 'pkcs8', format: 'der' });
  }

  /** Signs a challenge; wrong origins, hashes and flags are signed as well when they are asked for. */
  assert({ challenge, origin = ORIGIN, rpId = RP_ID, flags }: AssertRequest): AssertionJson {
    const { credentialId, userHandle, synced } = this.secrets;
    if (!synced) this.secrets.signCount += 1;
    const usual = FLAGS.UP | FLAGS.UV | (synced ? FLAGS.BE | FLAGS.BS : 0);
    const clientData = clientDataJson(challenge, origin);
    const data = authenticatorData(rpId, flags ?? usual, this.secrets.signCount);
    const signature = sign('sha256', signedBytes(data, clientData), this.#key);
    const id = base64url(credentialId);
    const response = {
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      userHandle: base64url(userHandle),
    };
    return { id, rawId: id, type: 'public-key', response };
  }
}

export function clientDataJson(challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }));
}

/** 37 bytes: hash of the relying party, flags, counter. */
export function authenticatorData(rpId: string, flags: number, signCount: number): Buffer {
  const data = Buffer.alloc(37);
  createHash('sha256').update(rpId).digest().copy(data);
  data.writeUInt8(flags, 32);
  data.writeUInt32BE(signCount, 33);
  return data;
}

/** What an assertion's signature is over. */
export function signedBytes(authenticatorBytes: Uint8Array, clientData: Uint8Array): Buffer {
  return Buffer.concat([authenticatorBytes, createHash('sha256').update(clientData).digest()]);
}

export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function privateKeyOf(scalar: Uint8Array): KeyObject {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  // Uncompressed: one byte of form, then both coordinates.
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: base64url(scalar),
    x: base64url(point.subarray(1, 33)),
    y: base64url(point.subarray(33, 65)),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

/** A scalar in its full length; OpenSSL leaves leading zeros away. */
function leftPadded(scalar: Buffer): Buffer {
  const full = Buffer.alloc(32);
  scalar.copy(full, 32 - scalar.length);
  return full;
}
