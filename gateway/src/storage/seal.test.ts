import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSeal, SealBroken } from './seal.ts';

const seal = createSeal(randomBytes(32));
const context = 'instance:1:token';

describe('a sealed value', () => {
  it.each(['', 'token', 'żółć 😀', randomBytes(5000)])('opens as what was sealed', (plaintext) => {
    const opened = seal.open(seal.seal(plaintext, context), context);
    expect(opened.equals(Buffer.from(plaintext))).toBe(true);
  });

  it('looks different every time and shows nothing of its content', () => {
    const [first, second] = [seal.seal('my secret', context), seal.seal('my secret', context)];
    expect(Buffer.from(first).equals(second)).toBe(false);
    expect(Buffer.from(first).includes('secret')).toBe(false);
  });

  it('does not open with another key or for another owner', () => {
    const sealed = seal.seal('token', context);
    expect(() => createSeal(randomBytes(32)).open(sealed, context)).toThrow(SealBroken);
    expect(() => seal.open(sealed, 'instance:2:token')).toThrow(SealBroken);
  });

  it('does not open when any of its bytes was changed or is missing', () => {
    const sealed = seal.seal('token', context);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(() => seal.open(changed, context), `byte ${i}`).toThrow(SealBroken);
      expect(() => seal.open(sealed.subarray(0, i), context), `${i} bytes`).toThrow(SealBroken);
    }
  });

  it('needs a key of 32 bytes', () => {
    expect(() => createSeal(randomBytes(16))).toThrow('32 bytes');
  });
});
