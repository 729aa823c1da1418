import { AsyncLocalStorage } from 'node:async_hooks';
import type { SignalKeyStoreWithTransaction } from 'baileys';

/**
 * The same store, but its transactions never join one that is running: each takes its own lock and is
 * committed when it ends.
 *
 * Baileys sends messages inside of one long transaction. A ratchet step that joined it would be committed
 * after the frame has left (a crash in between uses a message key twice), would be undone when something
 * else in it fails, and would overwrite what a concurrent decryption has stored in the meantime.
 */
export function rootTransactions(keys: SignalKeyStoreWithTransaction): SignalKeyStoreWithTransaction {
  const atRoot = AsyncLocalStorage.snapshot();
  return {
    get: (type, ids) => keys.get(type, ids),
    set: (data) => keys.set(data),
    isInTransaction: () => keys.isInTransaction(),
    transaction: (work, key) => atRoot(() => keys.transaction(work, key)),
  };
}
