import type { Clock } from '../../clock.ts';

/** How old the accounts' lists may be when a preflight is answered. The real request asks the account itself. */
const MAX_AGE_MS = 5_000;

/** The origins that may be allowed before the account of a request is known. */
export class KnownOrigins {
  readonly installation: string[];
  readonly #clock: Clock;
  readonly #ofAccounts: () => Promise<Set<string>>;
  #known: { at: number; origins: Promise<Set<string>> } | undefined;

  constructor(options: { installation: string[]; clock: Clock; ofAccounts: () => Promise<Set<string>> }) {
    this.installation = options.installation;
    this.#clock = options.clock;
    this.#ofAccounts = options.ofAccounts;
  }

  /** The installation's list and those of all accounts together. */
  async everyAllowed(): Promise<Set<string>> {
    const now = this.#clock.now();
    if (!this.#known || Math.abs(now - this.#known.at) >= MAX_AGE_MS) {
      const origins = this.#ofAccounts();
      this.#known = { at: now, origins };
      origins.catch(() => {
        this.#known = undefined;
      });
    }
    return new Set([...(await this.#known.origins), ...this.installation]);
  }
}
