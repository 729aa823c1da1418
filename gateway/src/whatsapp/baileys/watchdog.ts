import type { Clock } from '../../clock.ts';

/** Also what keeps address translators between us and WhatsApp from forgetting the connection. */
const PROBE_EVERY_MS = 25_000;
const PROBE_DEADLINE_MS = 10_000;

export interface WatchdogOptions {
  clock: Clock;
  /** A round trip to WhatsApp; resolves when the answer is there. */
  probe(): Promise<unknown>;
  /** A probe was not answered; another one is under way. */
  onSilent(): void;
  /** The second probe was answered. */
  onRestored(): void;
  /** Neither was: the socket may look open, but nothing comes through it. */
  onDeaf(): void;
}

/**
 * Finds sessions that look connected and are deaf. The state of a socket says nothing about that; only an answer
 * does, so one is asked for all the time.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #cancel: () => void = () => {};
  #watching = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#next();
  }

  stop(): void {
    this.#watching = false;
    this.#cancel();
  }

  #next(): void {
    this.#cancel = this.#options.clock.after(PROBE_EVERY_MS, () => void this.#check());
  }

  async #check(): Promise<void> {
    const { onSilent, onRestored, onDeaf } = this.#options;
    if (await this.#answered()) return this.#next();
    if (!this.#watching) return;
    onSilent();
    const restored = await this.#answered();
    if (!this.#watching) return;
    if (!restored) return onDeaf();
    onRestored();
    this.#next();
  }

  /** Whether one probe is answered in time; also true once the watchdog was stopped. */
  async #answered(): Promise<boolean> {
    const { clock, probe } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    this.#cancel = clock.after(PROBE_DEADLINE_MS, () => resolve(false));
    const answered = probe().then(
      () => true,
      () => false,
    );
    const alive = await Promise.race([answered, late]);
    this.#cancel();
    return alive;
  }
}
