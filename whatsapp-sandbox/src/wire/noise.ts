import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { agree, type KeyPair } from './keys.ts';

/** What a handshake hash begins with: the name of the pattern, or its hash when it is longer than one. */
const PATTERNS = {
  XX: Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0'),
  IK: Buffer.from('Noise_IK_25519_AESGCM_SHA256\0\0\0\0'),
  XXfallback: createHash('sha256').update('Noise_XXfallback_25519_AESGCM_SHA256').digest(),
};
const TAG_BYTES = 16;
const EMPTY = new Uint8Array(0);

function nonce(counter: number): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
}

function seal(key: KeyObject, counter: number, plain: Uint8Array, associated: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(counter)).setAAD(associated);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: KeyObject, counter: number, sealed: Uint8Array, associated: Uint8Array): Buffer {
  if (sealed.length < TAG_BYTES) throw new Error('noise: frame is shorter than its tag');
  const body = sealed.subarray(0, sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(counter)).setAAD(associated);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** One direction each of an established connection; counters make every frame unique and ordered. */
export class Transport {
  // Key objects: handing over raw bytes costs three times as much per frame.
  #read: KeyObject;
  #write: KeyObject;
  #reads = 0;
  #writes = 0;

  constructor(read: Uint8Array, write: Uint8Array) {
    this.#read = createSecretKey(read);
    this.#write = createSecretKey(write);
  }

  encrypt(plain: Uint8Array): Buffer {
    return seal(this.#write, this.#writes++, plain, EMPTY);
  }

  /** Throws when the frame was not the next one the peer sealed. */
  decrypt(sealed: Uint8Array): Buffer {
    return open(this.#read, this.#reads++, sealed, EMPTY);
  }
}

/** What the server sends after the client's hello. */
export interface ServerHello {
  ephemeral: Uint8Array;
  static: Uint8Array;
  payload: Uint8Array;
}

/**
 * The responder's half of Noise as WhatsApp uses it; one object serves one connection. A client that knows the server's
 * static key may begin with IK, which ends with the server's answer; where it knows another key, XXfallback goes on like
 * XX with the same client hello.
 */
export class NoiseResponder {
  #hash: Buffer;
  #salt: Uint8Array;
  #key: Uint8Array;
  #counter = 0;
  #ephemeral: KeyPair;
  #static: KeyPair;

  /** @param prologue the header bytes the client opened the stream with (`WA 06 03`) */
  constructor(
    prologue: Uint8Array,
    staticKey: KeyPair,
    ephemeral: KeyPair,
    pattern: keyof typeof PATTERNS = 'XX',
  ) {
    this.#hash = PATTERNS[pattern];
    this.#salt = PATTERNS[pattern];
    this.#key = PATTERNS[pattern];
    this.#static = staticKey;
    this.#ephemeral = ephemeral;
    this.#mixHash(prologue);
  }

  /**
   * IK: opens the first message of a client that knows our static key, and seals the answer that ends the handshake.
   * Throws when the message was sealed for another key.
   */
  resume(
    hello: { ephemeral: Uint8Array; static: Uint8Array; payload: Uint8Array },
    certificateChain: Uint8Array,
  ): { answer: Omit<ServerHello, 'static'>; finished: FinishedHandshake } {
    this.#mixHash(this.#static.public);
    this.#mixHash(hello.ephemeral);
    this.#mixKey(agree(this.#static.private, hello.ephemeral));
    const clientStatic = this.#decrypt(hello.static);
    this.#mixKey(agree(this.#static.private, clientStatic));
    const payload = this.#decrypt(hello.payload);
    this.#mixHash(this.#ephemeral.public);
    this.#mixKey(agree(this.#ephemeral.private, hello.ephemeral));
    this.#mixKey(agree(this.#ephemeral.private, clientStatic));
    const sealed = this.#encrypt(certificateChain);
    const [first, second] = this.#derive(EMPTY);
    return {
      answer: { ephemeral: this.#ephemeral.public, payload: sealed },
      finished: { clientStatic, payload, transport: new Transport(first, second) },
    };
  }

  /** Reads the client's ephemeral key and answers with ours, our static key and the certificate chain. */
  hello(clientEphemeral: Uint8Array, certificateChain: Uint8Array): ServerHello {
    this.#mixHash(clientEphemeral);
    this.#mixHash(this.#ephemeral.public);
    this.#mixKey(agree(this.#ephemeral.private, clientEphemeral));
    const staticSealed = this.#encrypt(this.#static.public);
    this.#mixKey(agree(this.#static.private, clientEphemeral));
    const payload = this.#encrypt(certificateChain);
    return { ephemeral: this.#ephemeral.public, static: staticSealed, payload };
  }

  /** Opens the client's static key and payload; throws when either was tampered with. */
  finish(sealedStatic: Uint8Array, sealedPayload: Uint8Array): FinishedHandshake {
    const clientStatic = this.#decrypt(sealedStatic);
    this.#mixKey(agree(this.#ephemeral.private, clientStatic));
    const payload = this.#decrypt(sealedPayload);
    const [first, second] = this.#derive(EMPTY);
    return { clientStatic, payload, transport: new Transport(first, second) };
  }

  #mixHash(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest();
  }

  #derive(material: Uint8Array): [Uint8Array, Uint8Array] {
    const out = new Uint8Array(hkdfSync('sha256', material, this.#salt, '', 64));
    return [out.subarray(0, 32), out.subarray(32)];
  }

  #mixKey(material: Uint8Array): void {
    [this.#salt, this.#key] = this.#derive(material);
    this.#counter = 0;
  }

  #encrypt(plain: Uint8Array): Buffer {
    const sealed = seal(createSecretKey(this.#key), this.#counter++, plain, this.#hash);
    this.#mixHash(sealed);
    return sealed;
  }

  #decrypt(sealed: Uint8Array): Buffer {
    const plain = open(createSecretKey(this.#key), this.#counter++, sealed, this.#hash);
    this.#mixHash(sealed);
    return plain;
  }
}

export interface FinishedHandshake {
  clientStatic: Uint8Array;
  payload: Uint8Array;
  transport: Transport;
}
