import { expect, test } from 'vitest';
import { KeyCache } from './key-cache.ts';

test('distinguishes a key that is absent from one that is not known', () => {
  const cache = new KeyCache();
  cache.put('session', 'a.0', null);
  expect(cache.get('session', 'a.0')).toBeNull();
  expect(cache.get('session', 'b.0')).toBeUndefined();
  expect(cache.get('identity-key', 'a.0')).toBeUndefined();
});

test('holds its own copy of the bytes', () => {
  const cache = new KeyCache();
  const bytes = Buffer.from('ratchet');
  cache.put('session', 'a.0', bytes);
  bytes.fill(0);
  expect(Buffer.from(cache.get('session', 'a.0') ?? '').toString()).toBe('ratchet');
});

test('forgets a value when one comes that it does not keep', () => {
  const cache = new KeyCache();
  cache.put('tctoken', 'a', null);
  cache.put('tctoken', 'a', { token: Buffer.from('t') });
  expect(cache.get('tctoken', 'a')).toBeUndefined();
});

test('is bounded by what its values weigh', () => {
  const cache = new KeyCache();
  for (let n = 0; n < 1_000; n++) cache.put('session', String(n), new Uint8Array(1_000));
  const kept = Array.from({ length: 1_000 }, (_, n) => cache.get('session', String(n))).filter(Boolean);
  expect(kept.length).toBeGreaterThan(100);
  expect(kept.length).toBeLessThan(300);
  expect(cache.get('session', '999')).toBeDefined();
});
