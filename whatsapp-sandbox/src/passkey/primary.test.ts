import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { Curve, proto } from 'baileys';
import { describe, expect, it } from 'vitest';
import type { KeyPair } from '../wire/keys.ts';
import {
  codeOf,
  openPairingRequest,
  openPrologue,
  PasskeyError,
  primaryIdentity,
  requestKey,
} from './primary.ts';

const fill = (byte: number, length = 32) => Buffer.alloc(length, byte);
const hex = (text: string) => Buffer.from(text, 'hex');
const COMPANION_PUBLIC = 'a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209';
const IDENTITY = `0a20${COMPANION_PUBLIC}10011a077468652d726566`;
const COMMITMENT = 'f864191fed14b1a4d603ebbfc3900dc7d713f7422ce1708647ed7c5c38d5e7d1';
const PAYLOAD = hex(`0a2d${IDENTITY}12220a20${COMMITMENT}`);
const PROOF = hex('d19e078ab3589f6d7b8f2cf140d28657c939184efe253ce3300cb7aeb2b293c7');
const KEY = hex('242c4b8cd6aeeed6e9f36d62604b2031bde024e51fc2fc896d5a970fedc0fdad');
const ephemeral: KeyPair = {
  private: fill(3),
  public: hex('5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22'),
};
const primary = { ephemeral, nonce: fill(4) };
const candidate = { noiseKey: fill(7), identity: fill(8), advSecret: fill(9) };
const promise = openPrologue(PAYLOAD, PROOF, fill(9));

function sealed(request: proto.IPairingRequest, key: Uint8Array = KEY): Buffer {
  const iv = fill(5, 12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const plain = proto.PairingRequest.encode(request).finish();
  const encryptedPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return Buffer.from(proto.EncryptedPairingRequest.encode({ encryptedPayload, iv }).finish());
}
const request = { companionPublicKey: fill(7), companionIdentityKey: fill(8), advSecret: fill(10) };

describe("the phone's side of the passkey ceremony computes the published vectors", () => {
  it('of the prologue, and knows the device by the proof', () => {
    expect(promise).toMatchObject({ deviceType: 1, ref: 'the-ref', known: true });
    expect(Buffer.from(promise.publicKey)).toEqual(hex(COMPANION_PUBLIC));
    expect(Buffer.from(promise.commitment)).toEqual(hex(COMMITMENT));
    const key = new Uint8Array(hkdfSync('sha256', fill(9), '', 'shortcake-passkey-handoff-v1', 32));
    expect(Buffer.from(key)).toEqual(hex('d265c06005200e97aafb5f687ef1c3f24af4533e1de9a4a1046c9782e27a271d'));
    expect(createHmac('sha256', key).update(PAYLOAD).digest()).toEqual(PROOF);
  });

  it('of its own identity', () => {
    expect(Buffer.from(primaryIdentity(primary)).toString('hex')).toBe(
      `0a20${Buffer.from(ephemeral.public).toString('hex')}1220${'04'.repeat(32)}`,
    );
  });

  it('of the code', () => {
    expect(codeOf(promise, fill(2), primary)).toBe('YD9J-DN9Q');
  });

  it('of the key and the request that it opens', () => {
    expect(requestKey(promise, primary)).toEqual(KEY);
    const bytes = sealed(request);
    const start = bytes.subarray(2, 10).toString('hex');
    expect([start, bytes.subarray(104, 120).toString('hex')]).toEqual([
      'd5749ad1e83670e6',
      'ab2830fd7da72463503c9d172d695e13',
    ]);
    expect(Buffer.from(openPairingRequest(bytes, promise, primary, candidate))).toEqual(fill(10));
  });
});

describe('the phone goes no further', () => {
  const failing = (text: string) => new PasskeyError(text);

  it('without a proof it does not know the device, but goes on', () => {
    expect(openPrologue(PAYLOAD, undefined, fill(9)).known).toBe(false);
  });

  it.each([
    ['under another ADV secret', PROOF, fill(11)],
    ['cut short', PROOF.subarray(1), fill(9)],
    ['of no bytes', Buffer.alloc(0), fill(9)],
  ])('with a proof %s', (_, proof, advSecret) => {
    expect(() => openPrologue(PAYLOAD, proof, advSecret)).toThrow(failing('the handoff proof is wrong'));
  });

  it.each([
    ['no protobuf', hex('ff'), 'the bytes cannot be read'],
    ['empty', Buffer.alloc(0), 'the prologue has another form'],
    ['without a commitment', PAYLOAD.subarray(0, 47), 'the prologue has another form'],
    [
      'without a ref',
      hex(`0a240a20${COMPANION_PUBLIC}100112220a20${COMMITMENT}`),
      "the companion's identity has another form",
    ],
  ])('with a prologue that is %s', (_, payload, text) => {
    expect(() => openPrologue(payload, undefined, fill(9))).toThrow(failing(text));
  });

  it.each([
    ['another one', fill(1)],
    ['a short one', fill(2, 31)],
  ])('with a nonce that is not the promised one: %s', (_, nonce) => {
    expect(() => codeOf(promise, nonce, primary)).toThrow(failing('the nonce is not the promised one'));
  });

  it.each<[string, Buffer]>([
    ['the bytes cannot be read', sealed(request, fill(1))],
    ['the pairing request has another form', Buffer.alloc(0)],
    ['the pairing request names another noise key', sealed({ ...request, companionPublicKey: fill(1) })],
    ['the pairing request names another noise key', sealed({ advSecret: fill(10) })],
    ['the pairing request names another identity key', sealed({ ...request, companionIdentityKey: fill(1) })],
    ['the new ADV secret has another length', sealed({ ...request, advSecret: fill(10, 31) })],
    ['the ADV secret is the old one', sealed({ ...request, advSecret: fill(9) })],
  ])('with a request: %s', (text, bytes) => {
    expect(() => openPairingRequest(bytes, promise, primary, candidate)).toThrow(failing(text));
  });
});

it('a companion whose key everybody could compute with gets no further', () => {
  const promised = { ...promise, publicKey: fill(0) };
  expect(() => requestKey(promised, primary)).toThrow(new PasskeyError("the companion's key is no good"));
});

it('phone and device agree with keys that the engine makes', () => {
  const companion = Curve.generateKeyPair();
  const theirs = Curve.generateKeyPair();
  const shared = Curve.sharedKey(companion.private, theirs.public);
  const salt = 'Companion Pairing 1 with ref r';
  const key = hkdfSync('sha256', shared, salt, 'Pairing Information Encryption Key', 32);
  const half = { ephemeral: theirs as unknown as KeyPair, nonce: fill(4) };
  const promised = { ...promise, publicKey: companion.public, ref: 'r' };
  expect(requestKey(promised, half)).toEqual(Buffer.from(key));
});
