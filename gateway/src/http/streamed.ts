import type { Readable } from 'node:stream';

/** An answer's body that is sent as it is read: too large to be held in memory. */
export class Streamed {
  readonly stream: Readable;
  readonly contentType: string;
  /** Exactly what the stream will give: an answer that breaks off is then seen as such. */
  readonly length: number;

  constructor(stream: Readable, { contentType, length }: { contentType: string; length: number }) {
    this.stream = stream;
    this.contentType = contentType;
    this.length = length;
  }
}
