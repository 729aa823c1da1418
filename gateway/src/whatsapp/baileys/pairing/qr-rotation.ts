import type { Clock } from '../../../clock.ts';

/** WhatsApp's own client shows the first code longer than the others. */
export const FIRST_QR_MS = 60_000;
export const NEXT_QR_MS = 20_000;

export interface QrRotationOptions {
  clock: Clock;
  /** Shows a reference, with the secrets of this moment. */
  draw(ref: string): void;
  /** The references are used up. */
  onUsedUp(): void;
}

/** Shows WhatsApp's references one after the other, each for its time. */
export class QrRotation {
  readonly #options: QrRotationOptions;
  #refs: string[] = [];
  #shown: string | null = null;
  #cancel: () => void = () => {};

  constructor(options: QrRotationOptions) {
    this.#options = options;
  }

  /** Begins with the first of these; those from before are worth nothing any more. */
  show(refs: readonly string[]): void {
    this.#refs = [...refs];
    this.#next(FIRST_QR_MS);
  }

  /** Shows the current reference again. It has its whole time, because it is to be scanned once more. */
  redraw(): void {
    if (this.#shown === null) return;
    this.#refs.unshift(this.#shown);
    this.#next(FIRST_QR_MS);
  }

  /** What is shown stays. */
  stop(): void {
    this.#cancel();
  }

  #next(ms: number): void {
    const { clock, draw, onUsedUp } = this.#options;
    this.#cancel();
    this.#shown = this.#refs.shift() ?? null;
    if (this.#shown === null) {
      onUsedUp();
      return;
    }
    draw(this.#shown);
    this.#cancel = clock.after(ms, () => this.#next(NEXT_QR_MS));
  }
}
