import type { CacheStore } from 'baileys';
import { LRUCache } from 'lru-cache';

/**
 * Baileys' own caches keep a timer each and know no bound. These have a bound and an age, and cost nothing while
 * they are empty.
 */
export function boundedCache(max: number, ttlMs: number): CacheStore {
  // `max` alone would make lru-cache reserve its arrays up front; a size limit grows with what is kept.
  const cache = new LRUCache<string, NonNullable<unknown>>({
    maxSize: max,
    sizeCalculation: () => 1,
    ttl: ttlMs,
  });
  return {
    get: <T>(key: string) => cache.get(key) as T | undefined,
    set: <T>(key: string, value: T) => {
      if (value === undefined || value === null) cache.delete(key);
      else cache.set(key, value);
    },
    del: (key) => {
      cache.delete(key);
    },
    flushAll: () => cache.clear(),
  };
}
