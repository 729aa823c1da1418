import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { SpooledText } from '../../storage/spooled-text.ts';
import type { TempFolder } from '../../storage/temp-files.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const FIRST_BYTES = 4096;
const MAX_KEY_BYTES = 64;
/** Shorter ones stay where they are. */
const SPOOLED_FROM_BYTES = 64 * 1024;
/** What is left when the files are taken out; the largest texts of the contract fit in, escaped. */
const MAX_LEFT_BYTES = 16 * 1024 * 1024;

/** What is left of a body without its files is still too large for memory. */
export class TooMuchLeft extends Error {
  override name = 'TooMuchLeft';
}

/**
 * Reads a JSON text as it arrives and puts long strings of some fields into files, so that a body with a file in
 * base64 is never whole in memory. What is left is a JSON text with references in their place.
 */
export class JsonSpool {
  readonly #fields: ReadonlySet<string>;
  readonly #folder: () => Promise<TempFolder>;
  /** Cannot be guessed: a client that writes a reference itself must not get a file for it. */
  readonly #nonce = randomUUID();
  readonly #texts = new Map<string, SpooledText>();
  #left = Buffer.allocUnsafe(FIRST_BYTES);
  #leftBytes = 0;
  #inString = false;
  #escaped = false;
  /** The last string outside of a file; what it is shows only at the colon behind it. */
  #last = '';
  #lastBytes = 0;
  #field: string | null = null;
  /** The string that is being read, when it may become a file. */
  #held: Uint8Array[] | null = null;
  #heldBytes = 0;
  #file: { handle: FileHandle; path: string } | null = null;

  /** @param folder where the files go; asked for when the first one is needed */
  constructor(fields: Iterable<string>, folder: () => Promise<TempFolder>) {
    this.#fields = new Set(fields);
    this.#folder = folder;
  }

  async push(chunk: Buffer): Promise<void> {
    let at = 0;
    // Looked for once per chunk: without this, many short strings would each search the whole rest of it.
    let backslash = chunk.indexOf(BACKSLASH);
    while (at < chunk.length) {
      if (!this.#inString) {
        at = this.#between(chunk, at);
        continue;
      }
      let end = at;
      let closed = false;
      while (end < chunk.length) {
        if (this.#escaped) {
          this.#escaped = false;
          end += 1;
          continue;
        }
        if (backslash !== -1 && backslash < end) backslash = chunk.indexOf(BACKSLASH, end);
        const quote = chunk.indexOf(QUOTE, end);
        if (backslash !== -1 && (quote === -1 || backslash < quote)) {
          this.#escaped = true;
          end = backslash + 1;
          continue;
        }
        closed = quote !== -1;
        end = closed ? quote : chunk.length;
        break;
      }
      await this.#string(chunk.subarray(at, end));
      if (closed) {
        await this.#close();
        end += 1;
      }
      at = end;
    }
  }

  /** What is left, parsed, with the files in their places. Throws what `JSON.parse` throws. */
  end(parse: (json: Buffer) => unknown): unknown {
    const value = parse(this.#left.subarray(0, this.#leftBytes));
    return this.#texts.size > 0 ? this.#placed(value) : value;
  }

  /** Closes a file that a body that broke off left open. */
  async abandon(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = null;
  }

  /** Passes on what stands between strings; returns where the next one begins. */
  #between(chunk: Buffer, at: number): number {
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote === -1 ? chunk.length : quote + 1;
    const part = chunk.subarray(at, end);
    const colon = part.lastIndexOf(COLON);
    const comma = part.lastIndexOf(COMMA);
    if (colon > comma) this.#field = this.#lastBytes > MAX_KEY_BYTES ? null : this.#last;
    else if (comma !== -1) this.#field = null;
    this.#keep(part);
    if (quote === -1) return end;
    this.#inString = true;
    this.#last = '';
    this.#lastBytes = 0;
    this.#held = this.#field !== null && this.#fields.has(this.#field) ? [] : null;
    this.#heldBytes = 0;
    return end;
  }

  async #string(part: Buffer): Promise<void> {
    if (this.#file) {
      await this.#file.handle.writeFile(part);
      return;
    }
    this.#lastBytes += part.length;
    if (this.#lastBytes <= MAX_KEY_BYTES) this.#last += part.toString('latin1');
    if (!this.#held) {
      this.#keep(part);
      return;
    }
    this.#held.push(part);
    this.#heldBytes += part.length;
    if (this.#heldBytes < SPOOLED_FROM_BYTES) return;
    const path = (await this.#folder()).next();
    this.#file = { handle: await open(path, 'wx', 0o600), path };
    for (const held of this.#held) await this.#file.handle.writeFile(held);
    this.#held = null;
  }

  async #close(): Promise<void> {
    this.#inString = false;
    this.#field = null;
    if (this.#file) {
      const { handle, path } = this.#file;
      this.#file = null;
      await handle.close();
      const reference = `${this.#nonce}/${this.#texts.size}`;
      this.#texts.set(reference, await SpooledText.open(path));
      this.#keep(Buffer.from(reference));
    }
    for (const held of this.#held ?? []) this.#keep(held);
    this.#held = null;
    this.#keep(Buffer.from('"'));
  }

  #keep(part: Uint8Array): void {
    const size = this.#leftBytes + part.length;
    if (size > MAX_LEFT_BYTES) throw new TooMuchLeft();
    if (size > this.#left.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#left.length));
      larger.set(this.#left.subarray(0, this.#leftBytes));
      this.#left = larger;
    }
    this.#left.set(part, this.#leftBytes);
    this.#leftBytes = size;
  }

  #placed(value: unknown): unknown {
    if (typeof value === 'string') return this.#texts.get(value) ?? value;
    if (Array.isArray(value)) return value.map((each) => this.#placed(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#placed(each)]));
  }
}
