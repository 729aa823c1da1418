import { LRUCache } from 'lru-cache';

/** Per connection; a Signal session is one to three kilobytes. */
const MAX_BYTES = 256 * 1024;
const ENTRY_BYTES = 100;

const ABSENT = Symbol('absent');
type Entry = Uint8Array | string | typeof ABSENT;

/** What Baileys never asks for again unless something went wrong. */
const NEVER_KEPT = new Set(['decrypted', 'pre-key']);

/**
 * Keys as the database has them, the recently used ones. It may be trusted because a connection's keys are written by
 * that connection alone, and it ends with the connection.
 */
export class KeyCache {
  // `max` alone would make lru-cache reserve its arrays up front; a size limit grows with what is kept.
  readonly #entries = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    sizeCalculation: (entry, key) => ENTRY_BYTES + key.length + (entry === ABSENT ? 0 : entry.length),
  });

  /** null = known to be absent, undefined = not known. */
  get(kind: string, id: string): Uint8Array | string | null | undefined {
    const entry = this.#entries.get(nameOf(kind, id));
    return entry === ABSENT ? null : entry;
  }

  /** Bytes and texts are kept; other values are not, because their reader may change them. */
  put(kind: string, id: string, value: unknown): void {
    const name = nameOf(kind, id);
    if (NEVER_KEPT.has(kind)) return;
    if (value === null || value === undefined) this.#entries.set(name, ABSENT);
    else if (typeof value === 'string') this.#entries.set(name, value);
    // Copied, because a small buffer keeps alive the pool that it was cut from.
    else if (value instanceof Uint8Array) this.#entries.set(name, new Uint8Array(value));
    else this.#entries.delete(name);
  }
}

function nameOf(kind: string, id: string): string {
  return `${kind}/${id}`;
}
