/** What happens to a download in place of what should: an answer without the file, other bytes, or none for a while. */
export interface DownloadFault {
  status?: number | undefined;
  /** One bit of the file is another. */
  damaged?: boolean | undefined;
  /** Milliseconds before the answer begins. */
  delay?: number | undefined;
}

/** Misbehaviour of the media host that holds for so many downloads. */
export class DownloadFaults {
  #fault: DownloadFault = {};
  #left = 0;

  set(fault: DownloadFault, times: number): void {
    this.#fault = fault;
    this.#left = times;
  }

  /** The fault of the download that begins now. */
  next(): DownloadFault {
    if (this.#left === 0) return {};
    this.#left -= 1;
    return this.#fault;
  }
}

/** The same bytes with one bit changed somewhere in the first of them. */
export async function* damagedBytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    if (first && bytes[0] !== undefined) bytes[0] ^= 1;
    first = false;
    yield bytes;
  }
}
