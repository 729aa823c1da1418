/** Lets a bounded number of callers be inside at the same time; the others wait in the order in which they came. */
export class Semaphore {
  readonly #capacity: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Resolves when there is room. The returned function leaves; it may be called more than once. */
  async enter(): Promise<() => void> {
    if (this.#inside >= this.#capacity) await new Promise<void>((admit) => this.#waiting.push(admit));
    else this.#inside++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      // The place passes on directly, so no later caller gets it first.
      if (next) next();
      else this.#inside--;
    };
  }
}
