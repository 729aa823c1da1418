import crypto, {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  KeyObject,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wrapRawKeys } from './raw-keys.ts';

const key = Buffer.alloc(32, 7);
const iv = Buffer.alloc(12, 9);
const text = Buffer.from('a frame');

function sealed(): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from('header'));
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function opened(bytes: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from('header'));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
}

const mac = (of: crypto.BinaryLike | crypto.KeyObject) => createHmac('sha256', of).update(text).digest('hex');

function thrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}

const failures = () => [
  thrown(() => createCipheriv('aes-256-gcm', Buffer.alloc(5), iv)),
  thrown(() => createCipheriv('aes-256-gcm', null as never, iv)),
  thrown(() => createHmac('sha256', {} as never)),
  thrown(() => createHmac('no-such-hash', key)),
];

describe('keys of raw bytes', () => {
  it('reach the cipher as key objects, and change no result and no error', () => {
    const before = { sealed: sealed(), mac: mac(key), empty: mac(Buffer.alloc(0)), failures: failures() };
    const native = crypto.createHmac;
    const given: unknown[] = [];
    crypto.createHmac = (...args) => {
      given.push(args[1]);
      return native(...args);
    };
    wrapRawKeys();
    expect({ sealed: sealed(), mac: mac(key), empty: mac(Buffer.alloc(0)), failures: failures() }).toEqual(
      before,
    );
    expect(opened(before.sealed)).toEqual(text);
    expect(mac(createSecretKey(key))).toBe(before.mac);
    expect(mac('text')).toMatch(/^[0-9a-f]{64}$/);
    expect(given.filter((each) => ArrayBuffer.isView(each))).toEqual([]);
    expect(given.some((each) => each instanceof KeyObject)).toBe(true);
  });

  it('are wrapped once, however often it is asked for', () => {
    wrapRawKeys();
    const wrapped = [crypto.createCipheriv, crypto.createDecipheriv, crypto.createHmac];
    wrapRawKeys();
    expect([crypto.createCipheriv, crypto.createDecipheriv, crypto.createHmac]).toEqual(wrapped);
  });
});
