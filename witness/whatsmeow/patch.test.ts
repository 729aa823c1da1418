import { describe, expect, it } from 'vitest';
import { pointedAt } from './patch.ts';

const ROOT_KEY = '142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b';
const URL = 'wss://web.whatsapp.com/ws/chat';
const program = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const key = Buffer.from(ROOT_KEY, 'hex');
const sandbox = { url: 'ws://127.0.0.1:7070/ws/chat', rootKey: 'ab'.repeat(32) };

describe('the program of a witness', () => {
  it('gets the root key and the URL of the sandbox, and keeps every other byte in its place', () => {
    const patched = pointedAt(program('before', key, 'between', URL, 'after'), sandbox);
    const url = `${sandbox.url}?aa`;
    expect(url).toHaveLength(URL.length);
    expect(patched).toEqual(program('before', Buffer.from(sandbox.rootKey, 'hex'), 'between', url, 'after'));
  });

  it('is refused when it does not hold the root key or the URL exactly once', () => {
    expect(() => pointedAt(program(URL), sandbox)).toThrow('does not hold the root key');
    expect(() => pointedAt(program(key), sandbox)).toThrow('does not hold the URL');
    expect(() => pointedAt(program(key, URL, URL), sandbox)).toThrow('holds the URL more than once');
  });

  it('is refused when what takes the place is not as long as what was there', () => {
    const whole = program(key, URL);
    expect(() => pointedAt(whole, { ...sandbox, rootKey: 'ab' })).toThrow('the new one 1');
    expect(() => pointedAt(whole, { ...sandbox, url: `${sandbox.url}/longer` })).toThrow('is longer than');
  });
});
