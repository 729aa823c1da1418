import type { BinaryNode } from 'baileys';
import type { Clock } from '../../../clock.ts';
import { SendFailed } from '../../session.ts';

/** The contract's limit: an acknowledgement that takes longer is reported later by an event. */
const ACK_DEADLINE_MS = 20_000;

interface Waiting {
  acknowledged(): void;
  failed(error: SendFailed): void;
}

/**
 * Matches the server's acknowledgements with the sends that wait for them. Baileys' own promises resolve when the
 * stanza is written; only `<ack class="message">` says that WhatsApp has it.
 */
export class Acknowledgements {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #late: (id: string, code: number | null) => void;

  /** `late` is called for acknowledgements that no send waits for any more. */
  constructor(clock: Clock, late: (id: string, code: number | null) => void) {
    this.#clock = clock;
    this.#late = late;
  }

  /** Register before the stanza is written: on a fast link the answer can be there before `send` returns. */
  expect(id: string): { acknowledged: Promise<void>; giveUp(): void } {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // `giveUp` may leave it without a reader.
    promise.catch(() => {});
    const cancel = this.#clock.after(ACK_DEADLINE_MS, () => settle(() => reject(unacknowledged())));
    const settle = (end: () => void) => {
      cancel();
      this.#waiting.delete(id);
      end();
    };
    this.#waiting.set(id, {
      acknowledged: () => settle(resolve),
      failed: (error) => settle(() => reject(error)),
    });
    return { acknowledged: promise, giveUp: () => settle(() => {}) };
  }

  /** Takes an `<ack class="message">` stanza. */
  take(node: BinaryNode): void {
    const { id, error } = node.attrs;
    if (!id) return;
    const code = error === undefined ? null : Number(error) || 0;
    const waiting = this.#waiting.get(id);
    if (!waiting) this.#late(id, code);
    else if (code === null) waiting.acknowledged();
    else waiting.failed(new SendFailed({ kind: 'refused', code }));
  }

  /** The connection is gone: what was handed over may have arrived or not. */
  connectionLost(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.failed(unacknowledged());
  }
}

function unacknowledged(): SendFailed {
  return new SendFailed({ kind: 'unacknowledged' });
}
