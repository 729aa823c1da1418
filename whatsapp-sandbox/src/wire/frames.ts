/** Largest payload of one frame; the three length bytes could say 16 MiB. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024;

/** The stream did not keep to the framing; the connection cannot go on. */
export class FramingError extends Error {}

/** Puts the three length bytes in front of a payload. */
export function frame(payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(payload.length + 3);
  out.writeUIntBE(payload.length, 0, 3);
  out.set(payload, 3);
  return out;
}

/** Cuts a byte stream into frames; the first bytes are the client's intro, read once. */
export class FrameReader {
  #buffered: Buffer = Buffer.alloc(0);
  #prologue: Uint8Array | undefined;

  /** The `WA 06 03` header, once it has been read. */
  get prologue(): Uint8Array | undefined {
    return this.#prologue;
  }

  /** Adds bytes and returns the frames that are complete now. */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#buffered = this.#buffered.length === 0 ? bytes : Buffer.concat([this.#buffered, bytes]);
    if (!this.#prologue && !this.#readIntro()) return [];
    const frames: Buffer[] = [];
    while (this.#buffered.length >= 3) {
      const size = this.#buffered.readUIntBE(0, 3);
      if (size > MAX_FRAME_BYTES) throw new FramingError(`frame of ${size} bytes`);
      if (this.#buffered.length < size + 3) break;
      frames.push(this.#buffered.subarray(3, size + 3));
      this.#buffered = this.#buffered.subarray(size + 3);
    }
    return frames;
  }

  /** `ED 00 01`, three length bytes and routing info may stand in front of `WA 06 03`. */
  #readIntro(): boolean {
    let at = 0;
    const bytes = this.#buffered;
    if (bytes[0] === 0x45) {
      if (bytes.length < 7) return false;
      at = 7 + bytes.readUIntBE(4, 3);
    }
    if (at > 4096) throw new FramingError('routing info is too long');
    if (bytes.length < at + 4) return false;
    if (bytes[at] !== 0x57 || bytes[at + 1] !== 0x41 || bytes[at + 2] !== 6 || bytes[at + 3] !== 3) {
      throw new FramingError('the stream does not begin with WA 06 03');
    }
    this.#prologue = bytes.subarray(at, at + 4);
    this.#buffered = bytes.subarray(at + 4);
    return true;
  }
}
