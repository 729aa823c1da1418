import { createDecipheriv, createHash } from 'node:crypto';
import { bytesToCrockford, proto } from 'baileys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agree,
  commitment,
  handoffKey,
  handoffProof,
  keyPairOf,
  pairingKey,
  verificationCode,
} from './crypto.ts';
import { encryptedPairingRequest, prologuePayload, readPrimaryIdentity } from './messages.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const fill = (byte: number, length = 32) => Buffer.alloc(length, byte);
const companion = keyPairOf(fill(1));
const primary = keyPairOf(fill(3));
const nonce = fill(2);
const COMPANION_PUBLIC = 'a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209';
const PRIMARY_PUBLIC = '5dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22';
const IDENTITY = `0a20${COMPANION_PUBLIC}10011a077468652d726566`;
const COMMITMENT = 'f864191fed14b1a4d603ebbfc3900dc7d713f7422ce1708647ed7c5c38d5e7d1';
const PAYLOAD = `0a2d${IDENTITY}12220a20${COMMITMENT}`;
const KEY = '242c4b8cd6aeeed6e9f36d62604b2031bde024e51fc2fc896d5a970fedc0fdad';

describe("the device's side of the passkey ceremony computes the published vectors", () => {
  it('of its own and of the phone’s public key, and of their shared secret', () => {
    expect(companion.public).toEqual(hex(COMPANION_PUBLIC));
    expect(primary.public).toEqual(hex(PRIMARY_PUBLIC));
    const shared = hex('b0190541a2abb8bc163b6eef0fae7ba0179004b444326f73809563164d47c521');
    expect(agree(companion.private, primary.public)).toEqual(shared);
    expect(agree(primary.private, companion.public)).toEqual(shared);
  });

  it('of commitment and prologue payload', () => {
    expect(commitment(hex(IDENTITY), nonce)).toEqual(hex(COMMITMENT));
    const made = prologuePayload({ publicKey: companion.public, nonce, deviceType: 1, ref: 'the-ref' });
    expect(made.toString('hex')).toBe(PAYLOAD);
  });

  it('of handoff key and proof', () => {
    const key = handoffKey(fill(9));
    expect(key).toEqual(hex('d265c06005200e97aafb5f687ef1c3f24af4533e1de9a4a1046c9782e27a271d'));
    expect(handoffProof(key, hex(PAYLOAD))).toEqual(
      hex('d19e078ab3589f6d7b8f2cf140d28657c939184efe253ce3300cb7aeb2b293c7'),
    );
  });

  it('of the verification codes', () => {
    expect(verificationCode(nonce, { publicKey: primary.public, nonce: fill(4) })).toBe('YD9J-DN9Q');
    expect(verificationCode(fill(1), { publicKey: fill(2), nonce: fill(3) })).toBe('ZDET-SM4S');
  });

  it('of the encrypted pairing request', () => {
    const key = pairingKey(companion.private, primary.public, { deviceType: 1, ref: 'the-ref' });
    expect(key).toEqual(hex(KEY));
    const request = { noiseKey: fill(7), identityKey: fill(8), advSecret: fill(10) };
    const envelope = encryptedPairingRequest(request, key, fill(5, 12));
    const sealed = envelope.subarray(2, 2 + 118);
    expect(envelope.toString('hex')).toBe(`0a76${sealed.toString('hex')}120c${'05'.repeat(12)}`);
    expect(sealed.subarray(0, 8)).toEqual(hex('d5749ad1e83670e6'));
    expect(sealed.subarray(-16)).toEqual(hex('ab2830fd7da72463503c9d172d695e13'));
    expect(createHash('sha256').update(sealed).digest('hex')).toBe(
      'd861e3d093db96342fa6638143fdd0cc0cf4b25f99411126acec20fdb49a9e19',
    );
    const opening = createDecipheriv('aes-256-gcm', key, fill(5, 12)).setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
    expect(plain.toString('hex')).toBe(`0a20${'07'.repeat(32)}1220${'08'.repeat(32)}1a20${'0a'.repeat(32)}`);
  });
});

it("the alphabet of the code is that of the engine's pairing codes", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, bytes, (mine, publicKey, theirs) => {
      const digest = createHash('sha256').update(mine).update(publicKey).digest();
      const mixed = Buffer.from(theirs.subarray(0, 5).map((byte, i) => byte ^ digest.readUInt8(i)));
      const code = verificationCode(mine, { publicKey, nonce: theirs });
      expect(code.replace('-', '')).toBe(bytesToCrockford(mixed));
    }),
  );
});

it("a phone's key of small order gives no key", () => {
  expect(() => pairingKey(fill(1), fill(0), { deviceType: 1, ref: 'the-ref' })).toThrow();
});

describe("the phone's identity", () => {
  const encode = (value: proto.IPrimaryEphemeralIdentity) =>
    proto.PrimaryEphemeralIdentity.encode(value).finish();

  it('is read', () => {
    const bytes = encode({ publicKey: fill(1), nonce: fill(2) });
    expect(readPrimaryIdentity(bytes)).toEqual({ publicKey: fill(1), nonce: fill(2) });
  });

  it.each([
    ['with a typed key', encode({ publicKey: fill(5, 33), nonce: fill(2) })],
    ['with a short nonce', encode({ publicKey: fill(1), nonce: fill(2, 31) })],
    ['without a nonce', encode({ publicKey: fill(1) })],
    ['without a key', encode({ nonce: fill(2) })],
    ['of no bytes', Buffer.alloc(0)],
    ['cut short', encode({ publicKey: fill(1), nonce: fill(2) }).subarray(0, 40)],
  ])('%s is none', (_, bytes) => {
    expect(readPrimaryIdentity(bytes)).toBeNull();
  });
});
