import type { Clock } from '../../clock.ts';
import { type Failure, failure } from '../../failure.ts';
import type { PairingOptions } from '../../whatsapp/link.ts';
import type { PasskeyPort, PasskeyView } from '../../whatsapp/passkey/port.ts';
import type { ConnectAnswer } from '../supervisor.ts';

/** The contract holds a call for this long. */
const ANSWER_DEADLINE_MS = 60_000;

interface Waiter {
  answer(answer: ConnectAnswer): void;
  fail(error: Failure): void;
}

/** One try at linking a device, from the call to the open session: what was asked, and the calls that wait. */
export class PairingAttempt {
  readonly options: PairingOptions;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  #newest: ConnectAnswer | null = null;
  /** WhatsApp wants the code typed once more, and no call was answered with the new one yet. */
  #renewed = false;
  #ceremony: PasskeyPort | null = null;
  #paired = false;
  #ended: Failure | null = null;

  constructor(options: PairingOptions, clock: Clock) {
    this.options = options;
    this.#clock = clock;
  }

  get wantsCode(): boolean {
    return this.options.number !== undefined;
  }

  /** A phone has accepted the device, and its session is not open yet. */
  get isPaired(): boolean {
    return this.#paired;
  }

  /** The passkey ceremony that runs; null when none does. */
  get passkey(): PasskeyView | null {
    return this.#ceremony?.view() ?? null;
  }

  /**
   * Whether a call may join instead of starting over: any call once a phone is at work (a passkey is asked for, or the
   * device is accepted), an equal call that is still waiting, or a plain call while a QR is shown (so that a code that is being scanned is not cut off). A
   * pairing code that was given out is used up.
   */
  serves({ number, historyDays }: PairingOptions): boolean {
    if (this.#paired || this.#ceremony) return true;
    if (number === undefined && historyDays === undefined && !this.wantsCode) return true;
    return (
      (this.#newest === null || this.#renewed) &&
      number === this.options.number &&
      historyDays === this.options.historyDays
    );
  }

  /** The newest code, waiting for the first one; from the pairing on, the outcome. Rejects after 60 seconds. */
  answer(): Promise<ConnectAnswer> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { passkey } = this;
    if (passkey) return Promise.resolve({ status: 'passkey', passkey });
    if (this.#newest) {
      this.#renewed = false;
      return Promise.resolve(this.#newest);
    }
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
    this.#renewed = this.#newest?.status === 'pairing';
    this.#newest = answer;
    for (const waiter of [...this.#waiting]) waiter.answer(answer);
  }

  /** The passkey ceremony began or changed: the code is used up, and no call starts over until it is over. */
  asksForPasskey(ceremony: PasskeyPort): void {
    this.#ceremony = ceremony;
    this.#newest = null;
    const { passkey } = this;
    if (!passkey) return;
    for (const waiter of [...this.#waiting]) waiter.answer({ status: 'passkey', passkey });
  }

  /** A phone has accepted the device: the code is used up, and calls wait for the session. */
  paired(): void {
    this.#paired = true;
    this.#newest = null;
  }

  end(error: Failure): void {
    this.#ended ??= error;
    for (const waiter of [...this.#waiting]) waiter.fail(error);
  }
}
