const DEADLINE_MS = 300_000;

/** Now, comparable between processes of one machine, in milliseconds. */
export const wallClock = () => performance.timeOrigin + performance.now();

/** How the texts with one marker arrived. */
export interface Arrived {
  /** When the last of them came. */
  last: number;
  /** Milliseconds between the `at` that a text holds and its arrival, of those that hold one. */
  latencies: number[];
}

interface Counted extends Arrived {
  count: number;
  wanted: number;
  reached: PromiseWithResolvers<Arrived>;
}

/** Counts what arrived, each text under the marker that it holds: a word between two `#`. */
export class Arrivals {
  readonly #byMarker = new Map<string, Counted>();

  add(text: string): void {
    const marker = /#(\w+)#/.exec(text)?.[1];
    if (marker === undefined) return;
    const counted = this.#of(marker);
    counted.count += 1;
    counted.last = wallClock();
    const at = /"at":([\d.]+)/.exec(text)?.[1];
    if (at !== undefined) counted.latencies.push(counted.last - Number(at));
    this.#look(counted);
  }

  /** Resolves when `count` texts with this marker have arrived. Asked once per marker. */
  async reached(marker: string, count: number): Promise<Arrived> {
    const counted = this.#of(marker);
    counted.wanted = count;
    this.#look(counted);
    const late = setTimeout(
      () => counted.reached.reject(new Error(`${counted.count} of ${count} messages ${marker} arrived`)),
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
      counted = {
        count: 0,
        wanted: Number.POSITIVE_INFINITY,
        last: 0,
        latencies: [],
        reached: Promise.withResolvers(),
      };
      this.#byMarker.set(marker, counted);
    }
    return counted;
  }

  #look({ count, wanted, last, latencies, reached }: Counted): void {
    if (count >= wanted) reached.resolve({ last, latencies });
  }
}
