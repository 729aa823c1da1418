import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { calculateAgreement, calculateSignature, verifySignature } from './src/curve.ts';
import { bridgeKeyPair, sodiumKeyPairs } from './src/key-pair.ts';

const sources = { bridge: bridgeKeyPair, sodium: await sodiumKeyPairs() };

describe.each(['bridge', 'sodium'] as const)('a key pair of the %s', (name) => {
  const make = sources[name];
  if (!make) throw new Error(`${name} makes no key pairs on this machine`);

  it('agrees with one of the bridge on the same secret', () => {
    const [ours, theirs] = [make(), bridgeKeyPair()];
    expect(calculateAgreement(theirs.pubKey, ours.privKey)).toEqual(
      calculateAgreement(ours.pubKey, theirs.privKey),
    );
  });

  it('signs for its own public key, for any first and last byte of the private key', () => {
    for (let made = 0; made < 64; made++) {
      const { pubKey, privKey } = make();
      const message = randomBytes(40);
      expect(verifySignature(pubKey, message, calculateSignature(privKey, message))).toBe(true);
      expect(() => verifySignature(make().pubKey, message, calculateSignature(privKey, message))).toThrow();
    }
  });

  it('has the sizes, the type byte and the clamped private key of Signal', () => {
    const { pubKey, privKey } = make();
    expect([pubKey.length, pubKey[0], privKey.length]).toEqual([33, 5, 32]);
    expect([(privKey[0] ?? 0) & 7, (privKey[31] ?? 0) >> 6]).toEqual([0, 1]);
  });

  it('is a new one every time', () => {
    const made = Array.from({ length: 64 }, () => make().privKey.toString('hex'));
    expect(new Set(made).size).toBe(64);
  });
});
