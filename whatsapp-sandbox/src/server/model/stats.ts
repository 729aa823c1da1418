/** Counters since the start; all only grow, except `connections.open`. */
export class Stats {
  readonly connections = { open: 0, total: 0, refused: 0 };
  readonly messages = { in: 0, out: 0, refused: 0, incompleteFanouts: 0 };
  /** Patches taken, snapshots handed out, patches refused because they were not on top, and found damaged by a phone. */
  readonly appState = { patches: 0, snapshots: 0, conflicts: 0, damaged: 0 };
  acks = 0;
  receipts = 0;
  retries = 0;
  readonly #unknown = new Map<string, number>();

  /** A request that no handler answers; at most 200 kinds are counted apart. */
  unknownQuery(kind: string): void {
    const name = this.#unknown.has(kind) || this.#unknown.size < 200 ? kind : 'other';
    this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1);
  }

  get unknownQueries(): Record<string, number> {
    return Object.fromEntries(this.#unknown);
  }
}
