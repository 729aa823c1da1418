import { describe, expect, it } from 'vitest';
import { gatewayName, originPattern, readHandover, writeHandover } from './handover.ts';

const token = 'pk_0123456789abcdefghijklmnopqrstuv';
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a handover in a link', () => {
  it.each([
    ['https://gateway.example.com', 'https://gateway.example.com', 'gateway.example.com'],
    ['https://gateway.example.com/', 'https://gateway.example.com', 'gateway.example.com'],
    ['https://example.com/wa/', 'https://example.com/wa', 'example.com/wa'],
    ['https://gateway.example.com:8443', 'https://gateway.example.com:8443', 'gateway.example.com:8443'],
    ['http://localhost:8080', 'http://localhost:8080', 'localhost:8080'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['https://gаteway.example.com', 'https://xn--gteway-3nf.example.com', 'xn--gteway-3nf.example.com'],
  ])('to %s names %s and shows %s', (base, read, shown) => {
    const handover = readHandover(writeHandover({ token, base }));
    expect(handover).toEqual({ token, base: read });
    expect(handover && gatewayName(handover)).toBe(shown);
  });

  it('asks for the permission for one origin only', () => {
    expect(originPattern({ token, base: 'https://example.com:8443/wa' })).toBe('https://example.com:8443/*');
  });

  it.each([
    ['plain HTTP to another machine', { token, base: 'http://gateway.example.com' }],
    ['a host that only begins like this machine', { token, base: 'http://localhost.example.com' }],
    ['a script', { token, base: 'javascript:alert(1)' }],
    ['a file', { token, base: 'file:///etc/passwd' }],
    ['a name in front of the host', { token, base: 'https://gateway.example.com@evil.example' }],
    ['a query', { token, base: 'https://example.com/?a=' }],
    ['a fragment', { token, base: 'https://example.com/#a' }],
    ['no URL', { token, base: 'gateway.example.com' }],
    ['no base', { token }],
    ['no token', { base: 'https://example.com' }],
    ['a short token', { token: 'short', base: 'https://example.com' }],
    ['a token that leads to another path', { token: `../${token}`, base: 'https://example.com' }],
    ['a list', [token, 'https://example.com']],
    ['nothing', null],
  ])('with %s is none', (_, value) => {
    expect(readHandover(encode(value))).toBeNull();
  });

  it.each(['', '%%%', 'e30', encode({ token, base: 'https://example.com' }).slice(0, -4), 'A'.repeat(5_000)])(
    'that reads %s is none',
    (text) => {
      expect(readHandover(text)).toBeNull();
    },
  );
});
