import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { NOISE_WA_HEADER, proto } from 'baileys';
import WebSocket from 'ws';
import { FrameReader, frame } from '../wire/frames.ts';
import { agree, generateKeyPair, type KeyPair } from '../wire/keys.ts';
import { Transport } from '../wire/noise.ts';
import { decodeStanza, type Stanza } from '../wire/stanza.ts';

/** The initiator's half of Noise IK and XXfallback, written from the Noise specification alone. */
class Initiator {
  #hash: Buffer;
  #chain: Uint8Array;
  #key: Uint8Array = new Uint8Array(32);
  #nonce = 0;

  constructor(name: string) {
    const bytes = Buffer.from(name);
    const padded = Buffer.concat([bytes, Buffer.alloc(Math.max(0, 32 - bytes.length))]);
    this.#hash = bytes.length > 32 ? createHash('sha256').update(bytes).digest() : padded;
    this.#chain = this.#hash;
  }

  mixHash(data: Uint8Array): this {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest();
    return this;
  }

  mixKey(secret: Uint8Array): this {
    [this.#chain, this.#key] = this.#derive(secret);
    this.#nonce = 0;
    return this;
  }

  seal(plain: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, this.#iv()).setAAD(this.#hash);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    this.mixHash(sealed);
    return sealed;
  }

  open(sealed: Uint8Array): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, this.#iv()).setAAD(this.#hash);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    this.mixHash(sealed);
    return plain;
  }

  split(): Transport {
    const [write, read] = this.#derive(new Uint8Array(0));
    return new Transport(read, write);
  }

  #iv(): Buffer {
    const iv = Buffer.alloc(12);
    iv.writeUInt32BE(this.#nonce++, 8);
    return iv;
  }

  #derive(secret: Uint8Array): [Uint8Array, Uint8Array] {
    const out = new Uint8Array(hkdfSync('sha256', secret, this.#chain, '', 64));
    return [out.subarray(0, 32), out.subarray(32)];
  }
}

/** Logs in with the server key that it believes to know; settles with the way that was taken and the first stanza. */
export async function resume(
  url: string,
  noiseKey: KeyPair,
  serverKey: Uint8Array,
  payload: Uint8Array,
): Promise<{ way: 'IK' | 'XXfallback'; stanza: Stanza }> {
  const socket = new WebSocket(url);
  const frames: Buffer[] = [];
  const waiting: ((payload: Buffer) => void)[] = [];
  const reader = new FrameReader();
  reader.push(NOISE_WA_HEADER);
  socket.on('message', (data) => frames.push(...reader.push(data as Buffer)) && waiting.shift()?.(shift()));
  const shift = () => frames.shift() ?? Buffer.alloc(0);
  const next = () =>
    frames.length > 0 ? Promise.resolve(shift()) : new Promise<Buffer>((resolve) => waiting.push(resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  try {
    const e = generateKeyPair();
    const ik = new Initiator('Noise_IK_25519_AESGCM_SHA256').mixHash(NOISE_WA_HEADER).mixHash(serverKey);
    ik.mixHash(e.public).mixKey(agree(e.private, serverKey));
    const sealedStatic = ik.seal(noiseKey.public);
    ik.mixKey(agree(noiseKey.private, serverKey));
    const clientHello = { ephemeral: e.public, static: sealedStatic, payload: ik.seal(payload) };
    const hello = frame(proto.HandshakeMessage.encode({ clientHello }).finish());
    socket.send(Buffer.concat([NOISE_WA_HEADER, hello]));
    const { serverHello } = proto.HandshakeMessage.decode(await next());
    const ephemeral = serverHello?.ephemeral ?? new Uint8Array();
    const sealed = serverHello?.payload ?? new Uint8Array();
    if (!serverHello?.static?.length) {
      ik.mixHash(ephemeral).mixKey(agree(e.private, ephemeral)).mixKey(agree(noiseKey.private, ephemeral));
      ik.open(sealed);
      return { way: 'IK', stanza: decodeStanza(ik.split().decrypt(await next())) };
    }
    const xx = new Initiator('Noise_XXfallback_25519_AESGCM_SHA256').mixHash(NOISE_WA_HEADER);
    xx.mixHash(e.public).mixHash(ephemeral).mixKey(agree(e.private, ephemeral));
    xx.mixKey(agree(e.private, xx.open(serverHello.static)));
    xx.open(sealed);
    const ours = xx.seal(noiseKey.public);
    xx.mixKey(agree(noiseKey.private, ephemeral));
    const clientFinish = { static: ours, payload: xx.seal(payload) };
    socket.send(frame(proto.HandshakeMessage.encode({ clientFinish }).finish()));
    return { way: 'XXfallback', stanza: decodeStanza(xx.split().decrypt(await next())) };
  } finally {
    socket.terminate();
  }
}
