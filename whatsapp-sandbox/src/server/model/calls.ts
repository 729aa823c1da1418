import type { Account, Device } from './account.ts';

/** A call of two people, from its offer until it ends. */
export interface Call {
  caller: Device;
  callee: Account;
  /** Set once a device of the callee has taken it. */
  answeredBy: Device | undefined;
}

const MOST_CALLS = 10_000;

/** The calls that are ringing or going on. Their sound takes another way, which is not played here. */
export class Calls {
  readonly #calls = new Map<string, Call>();

  get(id: string | undefined): Call | undefined {
    return id === undefined ? undefined : this.#calls.get(id);
  }

  begin(id: string, call: Call): void {
    const [oldest] = this.#calls.keys();
    if (this.#calls.size >= MOST_CALLS && oldest !== undefined) this.#calls.delete(oldest);
    this.#calls.set(id, call);
  }

  end(id: string): void {
    this.#calls.delete(id);
  }
}
