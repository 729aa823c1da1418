import type { Clock } from '../../../clock.ts';

/** Also the time between two looks at whether the next window may be asked for. */
const ASK_EVERY_MS = 100;
/** An ask that brought nothing is repeated after this long. */
const ASK_AGAIN_MS = 5_000;
const DEAF_AFTER_MS = 45_000;

export interface OfflineDrainOptions {
  clock: Clock;
  /** Whether what came so far is handled, so that more may come. */
  room(): boolean;
  /** Asks the server for the next window. */
  ask(): void;
  /** Nothing of the queue came for 45 seconds, although the end of the queue is still to come. */
  onDeaf(): void;
}

/**
 * Decides when the next window of WhatsApp's offline queue is asked for. The server sends one window for each ask, and
 * live stanzas only after the end of the queue: a session that stops asking before that end looks open and gets
 * nothing more. So it asks until the end, at most once in 100 ms, and only while there is room for more.
 */
export class OfflineDrain {
  readonly #options: OfflineDrainOptions;
  #cancel: () => void = () => {};
  #draining = false;
  #askedAt = 0;
  #progressAt = 0;
  /** Something of the queue came since the last ask. */
  #arrived = false;

  constructor(options: OfflineDrainOptions) {
    this.#options = options;
  }

  /** The login was accepted: what waited comes next. */
  begin(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#progressAt = this.#options.clock.now();
    this.#askedAt = this.#progressAt - ASK_EVERY_MS;
    this.#next();
  }

  /** The server says how much waits: the first ask need not wait for a stanza. */
  announced(): void {
    this.progress();
    if (!this.#draining) return;
    this.#cancel();
    this.#look();
  }

  /** A stanza of the queue came. */
  progress(): void {
    this.#arrived = true;
    this.#progressAt = this.#options.clock.now();
  }

  /** The end of the queue came, or the end of the connection. */
  end(): void {
    this.#draining = false;
    this.#cancel();
  }

  #next(): void {
    this.#cancel = this.#options.clock.after(ASK_EVERY_MS, () => this.#look());
  }

  #look(): void {
    const { clock, room, ask, onDeaf } = this.#options;
    const now = clock.now();
    // It is ours that is slow then: the server owes nothing meanwhile.
    if (!room()) this.#progressAt = now;
    if (now - this.#progressAt >= DEAF_AFTER_MS) {
      this.end();
      onDeaf();
      return;
    }
    this.#next();
    if (!room() || now - this.#askedAt < (this.#arrived ? ASK_EVERY_MS : ASK_AGAIN_MS)) return;
    this.#arrived = false;
    this.#askedAt = now;
    ask();
  }
}
