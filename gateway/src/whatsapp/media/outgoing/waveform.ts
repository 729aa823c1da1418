/** Amplitudes that WhatsApp shows of a voice note. */
const SAMPLES = 64;
const LOUDEST = 100;
/** Samples that become one level: 50 ms at 8 kHz. */
const LEVEL_SAMPLES = 400;
const BYTES_PER_SAMPLE = 2;

/** Takes a recording as it is decoded (mono, 8 kHz, 16 bit little-endian) and keeps one level for every 50 ms. */
export class LevelMeter {
  readonly #levels: number[] = [];
  #sum = 0;
  #count = 0;
  #odd: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): void {
    const bytes = this.#odd.length > 0 ? Buffer.concat([this.#odd, chunk]) : chunk;
    const end = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    for (let at = 0; at < end; at += BYTES_PER_SAMPLE) {
      this.#sum += Math.abs(bytes.readInt16LE(at));
      this.#count += 1;
      if (this.#count === LEVEL_SAMPLES) this.#close();
    }
    this.#odd = bytes.subarray(end);
  }

  levels(): number[] {
    if (this.#count > 0) this.#close();
    return this.#levels;
  }

  #close(): void {
    this.#levels.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
  }
}

/** 64 amplitudes from 0 to 100, the loudest of them 100 unless all is silent. */
export function waveformOf(levels: readonly number[]): Uint8Array {
  const amplitudes = Array.from({ length: SAMPLES }, (_, index) => {
    const from = Math.floor((index * levels.length) / SAMPLES);
    const to = Math.max(from + 1, Math.floor(((index + 1) * levels.length) / SAMPLES));
    const part = levels.slice(from, to);
    return part.reduce((sum, level) => sum + level, 0) / Math.max(1, part.length);
  });
  const loudest = Math.max(...amplitudes);
  return Uint8Array.from(amplitudes, (level) =>
    loudest === 0 ? 0 : Math.round((LOUDEST * level) / loudest),
  );
}
