import type { Failure } from '../../failure.ts';

/**
 * Why a generation opens a connection:
 * - `resume`: the desired state says so.
 * - `reconnect`: a caller asked for it.
 * - `pairing`: a new device is to be linked.
 * - `unlink`: a saved device is connected once more, so that WhatsApp forgets it too.
 * - `rest`: it opens none.
 */
export type Purpose = 'resume' | 'reconnect' | 'pairing' | 'unlink' | 'rest';

/**
 * The time between two commands to one instance. A new command starts a new generation: the socket of the one before
 * closes, and work of the one before that is still under way finds that it is no longer current and ends.
 */
export class Generation {
  readonly purpose: Purpose;
  readonly #transport = Promise.withResolvers<void>();
  readonly #open = Promise.withResolvers<void>();
  #current = true;

  constructor(purpose: Purpose) {
    this.purpose = purpose;
    // Most generations have no caller that waits for these.
    this.#transport.promise.catch(() => {});
    this.#open.promise.catch(() => {});
  }

  /** False from the next command on. */
  get current(): boolean {
    return this.#current;
  }

  /** Resolves when the way to WhatsApp is open; rejects when a connection fails before that. */
  get transport(): Promise<void> {
    return this.#transport.promise;
  }

  /** The same for the session. */
  get open(): Promise<void> {
    return this.#open.promise;
  }

  transportOpened(): void {
    this.#transport.resolve();
  }

  opened(): void {
    this.#open.resolve();
  }

  /** A connection failed: callers that wait get the reason. The generation may open another one. */
  failed(why: Failure | unknown): void {
    this.#transport.reject(why);
    this.#open.reject(why);
  }

  /** The next command is here. */
  end(why: Failure | unknown): void {
    this.#current = false;
    this.failed(why);
  }
}
