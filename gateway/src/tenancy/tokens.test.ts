import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceToken } from './rotation.ts';
import { isAllowedCustomToken, isMintedToken, mintToken, tokenLookup } from './tokens.ts';

describe('a minted token', () => {
  it('names its kind and carries the CRC-32 of its random part', () => {
    for (const [kind, prefix] of [
      ['account', 'rza_'],
      ['instance', 'rzi_'],
    ] as const) {
      const token = mintToken(kind);
      expect(token).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{36}$`));
      const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
      const sum = [...token.slice(34)].reduce((value, digit) => value * 62 + digits.indexOf(digit), 0);
      expect(sum).toBe(crc32(token.slice(4, 34)));
      expect(isMintedToken(kind, token)).toBe(true);
      expect(isMintedToken(kind === 'account' ? 'instance' : 'account', token)).toBe(false);
    }
  });

  it('is recognised as mistyped when one character is wrong', () => {
    const token = mintToken('account');
    for (let i = 4; i < token.length; i++) {
      const other = token[i] === 'a' ? 'b' : 'a';
      expect(isMintedToken('account', token.slice(0, i) + other + token.slice(i + 1))).toBe(false);
    }
  });

  it('is allowed as a custom one, and never the same twice', () => {
    const tokens = Array.from({ length: 1000 }, () => mintToken('instance'));
    expect(new Set(tokens).size).toBe(1000);
    expect(tokens.every(isAllowedCustomToken)).toBe(true);
  });
});

describe('a custom token', () => {
  it.each([
    ['x'.repeat(15), false],
    ['x'.repeat(16), true],
    ['x'.repeat(256), true],
    ['x'.repeat(257), false],
    ['!"#$%&\'()*+,-./~', true],
    ['fifteen and a blank', false],
    ['not-only-ascii-é', false],
    ['with-a-newline-16\n', false],
  ])('%j: %s', (token, allowed) => {
    expect(isAllowedCustomToken(token)).toBe(allowed);
  });
});

describe('the lookup of a token', () => {
  it('depends on the whole token and on the pepper, and does not contain it', () => {
    const lookup = tokenLookup(Buffer.alloc(32, 1));
    const other = tokenLookup(Buffer.alloc(32, 2));
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string({ minLength: 8 }), (a, b) => {
        expect(lookup(a) === lookup(b)).toBe(a === b);
        expect(lookup(a)).not.toBe(other(a));
        expect(lookup(a)).toHaveLength(43);
      }),
    );
  });
});

describe('a rotation', () => {
  const now = 1_000_000;

  it('without grace ends the current token now', () => {
    expect(replaceToken({ current: 'a', previous: null, previousExpiresAt: null }, 0, now)).toEqual({
      previous: null,
      previousExpiresAt: null,
      ended: [{ lookup: 'a', at: now }],
    });
  });

  it('with grace lets only the current token live on: one still in its grace ends now', () => {
    expect(replaceToken({ current: 'b', previous: 'a', previousExpiresAt: now + 5 }, 60, now)).toEqual({
      previous: 'b',
      previousExpiresAt: now + 60_000,
      ended: [
        { lookup: 'b', at: now + 60_000 },
        { lookup: 'a', at: now },
      ],
    });
  });
});
