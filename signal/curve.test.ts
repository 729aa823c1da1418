import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { Curve } from 'baileys';
import { describe, expect, it } from 'vitest';
import { calculateAgreement, calculateSignature, generateKeyPair, verifySignature } from './src/curve.ts';

const message = Buffer.from('a message');
const der = (prefix: string, key: Uint8Array) => Buffer.concat([Buffer.from(prefix, 'hex'), key]);

describe('the curve', () => {
  it('makes key pairs with the type byte in front of the public key', () => {
    const { pubKey, privKey } = generateKeyPair();
    expect([pubKey.length, pubKey[0], privKey.length]).toEqual([33, 5, 32]);
  });

  it('agrees as X25519 of node:crypto does', () => {
    const [ana, bo] = [generateKeyPair(), generateKeyPair()];
    const expected = diffieHellman({
      privateKey: createPrivateKey({
        key: der('302e020100300506032b656e04220420', ana.privKey),
        format: 'der',
        type: 'pkcs8',
      }),
      publicKey: createPublicKey({
        key: der('302a300506032b656e032100', bo.pubKey.subarray(1)),
        format: 'der',
        type: 'spki',
      }),
    });
    expect(calculateAgreement(bo.pubKey, ana.privKey)).toEqual(expected);
    expect(calculateAgreement(ana.pubKey, bo.privKey)).toEqual(expected);
  });

  it('verifies what it signed and throws on everything else', () => {
    const { pubKey, privKey } = generateKeyPair();
    const signature = calculateSignature(privKey, message);
    expect(signature).toHaveLength(64);
    expect(verifySignature(pubKey, message, signature)).toBe(true);
    const torn = Buffer.from(signature);
    torn[0]! ^= 1;
    expect(() => verifySignature(pubKey, message, torn)).toThrow('Invalid signature');
    expect(() => verifySignature(pubKey, Buffer.from('another'), signature)).toThrow('Invalid signature');
    expect(() => verifySignature(generateKeyPair().pubKey, message, signature)).toThrow('Invalid signature');
    expect(() => verifySignature(pubKey, message, Buffer.alloc(3))).toThrow();
  });

  it('makes a forged signature fail inside Baileys, which looks at exceptions only', () => {
    const pair = Curve.generateKeyPair();
    const signature = Curve.sign(pair.private, message);
    expect(Curve.verify(pair.public, message, signature)).toBe(true);
    expect(Curve.verify(pair.public, Buffer.from('another'), signature)).toBe(false);
  });
});
