/** Work that others wait for, however it ends. Who adds it handles its errors. */
export class PendingWork {
  #earlier: Promise<void> = Promise.resolve();

  add(work: Promise<unknown>): void {
    this.#earlier = Promise.allSettled([this.#earlier, work]).then(() => {});
  }

  /** Resolves when everything added so far has ended. */
  settled(): Promise<void> {
    return this.#earlier;
  }
}
