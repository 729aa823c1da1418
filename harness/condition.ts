import { setTimeout as after } from 'node:timers/promises';

/** Ends what hangs; a busy machine may need long. */
const DEADLINE_MS = 120_000;

/** Lets waiters look again whenever something has happened. */
export class Condition {
  #happened = Promise.withResolvers<void>();

  notify(): void {
    this.#happened.resolve();
    this.#happened = Promise.withResolvers();
  }

  /** Resolves when `fits`; rejects after two minutes with what `missing` says of the present state. */
  async until(fits: () => boolean, missing: () => string): Promise<void> {
    const end = new AbortController();
    const late = after(DEADLINE_MS, 'late' as const, { signal: end.signal, ref: false }).catch(() => null);
    try {
      for (;;) {
        const next = this.#happened.promise;
        if (fits()) return;
        if ((await Promise.race([next, late])) === 'late') throw new Error(`waited in vain: ${missing()}`);
      }
    } finally {
      end.abort();
    }
  }
}
