const DEADLINE_MS = 300_000;

/** Now, comparable between processes of one machine, in milliseconds. */
export const wallClock = () => performance.timeOrigin + performance.now();

interface Counted {
  times: number[];
  wanted: number;
  reached: PromiseWithResolvers<number>;
}

/** Counts what arrived, each text under the marker that it holds: `<marker>` is a word between two `#`. */
export class Arrivals {
  readonly #byMarker = new Map<string, Counted>();

  add(text: string): void {
    const marker = /#(\w+)#/.exec(text)?.[1];
    if (marker === undefined) return;
    const counted = this.#of(marker);
    counted.times.push(wallClock());
    this.#look(counted);
  }

  /** Resolves with the time at which the last of `count` texts with this marker came. Asked once per marker. */
  async reached(marker: string, count: number): Promise<number> {
    const counted = this.#of(marker);
    counted.wanted = count;
    this.#look(counted);
    const late = setTimeout(
      () =>
        counted.reached.reject(new Error(`${counted.times.length} of ${count} messages ${marker} arrived`)),
      DEADLINE_MS,
    );
    try {
      return await counted.reached.promise;
    } finally {
      clearTimeout(late);
      this.#byMarker.delete(marker);
    }
  }

  #of(marker: string): Counted {
    let counted = this.#byMarker.get(marker);
    if (!counted) {
      counted = { times: [], wanted: Number.POSITIVE_INFINITY, reached: Promise.withResolvers() };
      this.#byMarker.set(marker, counted);
    }
    return counted;
  }

  #look({ times, wanted, reached }: Counted): void {
    const last = times[wanted - 1];
    if (last !== undefined) reached.resolve(last);
  }
}
