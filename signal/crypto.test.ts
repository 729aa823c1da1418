import { describe, expect, it } from 'vitest';
import { calculateMAC, decrypt, deriveSecrets, encrypt } from './src/crypto.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('the ciphers', () => {
  it('encrypt as AES-256-CBC of NIST SP 800-38A, F.2.5, does, and pad', () => {
    const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4');
    const iv = hex('000102030405060708090a0b0c0d0e0f');
    const plain = hex('6bc1bee22e409f96e93d7e117393172a');
    const sealed = encrypt(key, plain, iv);
    expect(sealed.subarray(0, 16)).toEqual(hex('f58c4c04d6e5f1ba779eabfb5f7bfbd6'));
    expect(sealed).toHaveLength(32);
    expect(decrypt(key, sealed, iv)).toEqual(plain);
    expect(() => decrypt(key, sealed.subarray(0, 16), iv)).toThrow();
  });

  it('authenticate as HMAC-SHA-256 of RFC 4231, case 2, does', () => {
    expect(calculateMAC(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))).toEqual(
      hex('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
    );
  });

  it('derive as HKDF-SHA-256 of RFC 5869, case 1, does, in chunks of 32 bytes', () => {
    const chunks = deriveSecrets(
      hex('0b'.repeat(22)),
      hex('000102030405060708090a0b0c'),
      hex('f0f1f2f3f4f5f6f7f8f9'),
    );
    expect(chunks.map((chunk) => chunk.length)).toEqual([32, 32, 32]);
    expect(Buffer.concat(chunks).subarray(0, 42)).toEqual(
      hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'),
    );
  });
});
