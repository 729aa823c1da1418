import crypto, { createSecretKey } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** Of each of these the second argument is the key. */
const TAKE_A_KEY = ['createCipheriv', 'createDecipheriv', 'createHmac'] as const;

/** Marks a function that wraps already, also for another copy of this module in the same process. */
const WRAPS = Symbol.for('ryze.wraps-raw-keys');

/**
 * Replaces functions of `node:crypto` for the whole process. The composition root calls it, once; another call changes
 * nothing. Without it everything works, more slowly.
 *
 * Node 24 learns by an exception that a key of raw bytes is no key object: 30 µs for every cipher and every MAC, three
 * times what the work itself takes. Baileys hands over raw bytes for every frame, so they are wrapped on their way.
 * Node 26 asks without an exception; with it this file goes. Results and errors stay what they are.
 */
export function wrapRawKeys(): void {
  for (const name of TAKE_A_KEY) {
    const make = crypto[name] as (...args: unknown[]) => unknown;
    if (WRAPS in make) continue;
    const wrapping = (algorithm: unknown, key: unknown, ...rest: unknown[]) =>
      make(algorithm, key instanceof Uint8Array ? createSecretKey(key) : key, ...rest);
    Object.assign(crypto, { [name]: Object.assign(wrapping, { [WRAPS]: true }) });
  }
  syncBuiltinESMExports();
}
