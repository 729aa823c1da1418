import type { CacheStore, SocketConfig } from 'baileys';
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

/**
 * Devices of users, for Baileys. It looks up those of the account beside those of the recipient, so a message to oneself
 * would name every device twice: WhatsApp refuses it, and the doubled list would spoil every message after it. So a user
 * that is looked up twice at once is given once, and has no more devices the second time.
 */
export function deviceCache(max: number, ttlMs: number): NonNullable<SocketConfig['userDevicesCache']> {
  const cache = boundedCache(max, ttlMs);
  return {
    ...cache,
    mget: async <T>(users: string[]) => {
      const found: Record<string, T | undefined> = {};
      for (const user of users) {
        let devices = cache.get(user) as T | undefined;
        const get = () => {
          const given = devices;
          devices = [] as T;
          return given;
        };
        Object.defineProperty(found, user, { get, configurable: true });
      }
      return found;
    },
  };
}
