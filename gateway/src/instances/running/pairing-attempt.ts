import type { Clock } from '../../clock.ts';
import { type Failure, failure } from '../../failure.ts';
import type { ConnectAnswer } from '../supervisor.ts';

/** The contract holds a call for this long. */
const ANSWER_DEADLINE_MS = 60_000;

export interface PairingOptions {
  /** Digits: a pairing code is wanted instead of a QR. */
  number?: string;
  /** Days of history, null = no limit; left out = not asked for. */
  historyDays?: number | null;
}

/** One try at linking a device: what was asked, and whoever waits for its code. */
export class PairingAttempt {
  readonly options: PairingOptions;
  readonly #clock: Clock;
  readonly #waiting = new Set<{ answer(answer: ConnectAnswer): void; fail(error: Failure): void }>();
  #newest: ConnectAnswer | null = null;
  #ended: Failure | null = null;

  constructor(options: PairingOptions, clock: Clock) {
    this.options = options;
    this.#clock = clock;
  }

  get wantsCode(): boolean {
    return this.options.number !== undefined;
  }

  /**
   * Whether a call may join instead of starting over: an equal call that is still waiting, or a plain call while a
   * QR is shown (so that a code that is being scanned is not cut off). A pairing code that was given out is used up.
   */
  serves({ number, historyDays }: PairingOptions): boolean {
    if (number === undefined && historyDays === undefined && !this.wantsCode) return true;
    return (
      this.#newest === null && number === this.options.number && historyDays === this.options.historyDays
    );
  }

  /** The newest code, waiting for the first one. */
  answer(): Promise<ConnectAnswer> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#newest) return Promise.resolve(this.#newest);
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        cancel();
        this.#waiting.delete(waiter);
        end();
      };
      const waiter = {
        answer: (answer: ConnectAnswer) => settle(() => resolve(answer)),
        fail: (error: Failure) => settle(() => reject(error)),
      };
      const cancel = this.#clock.after(ANSWER_DEADLINE_MS, () =>
        waiter.fail(
          failure('connect_timed_out', { waitingFor: this.wantsCode ? 'pairing code' : 'QR code' }),
        ),
      );
      this.#waiting.add(waiter);
    });
  }

  offer(answer: ConnectAnswer): void {
    this.#newest = answer;
    for (const waiter of [...this.#waiting]) waiter.answer(answer);
  }

  end(error: Failure): void {
    this.#ended ??= error;
    for (const waiter of [...this.#waiting]) waiter.fail(error);
  }
}
