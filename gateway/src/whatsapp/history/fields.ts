/*
 * The fields of one protobuf message without decoding it whole: a chunk of history may be larger than what is to be
 * in memory at a time.
 */

export interface Field {
  number: number;
  /** The value with its tag and length: alone it is a message that has only this field. */
  encoded: Uint8Array;
  /** The value of a field with a length; empty for numbers. */
  value: Uint8Array;
}

/** The bytes are no protobuf message. */
export class Malformed extends Error {
  override name = 'Malformed';
}

/** A field that is longer is passed over. */
const LONGEST_FIELD = 64 * 1024 * 1024;

const LONGEST_VARINT = 10;
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

interface Head {
  number: number;
  /** Bytes of tag and length. */
  head: number;
  /** Bytes behind them. */
  body: number;
  hasLength: boolean;
}

/** The fields of a message that is whole in memory. Throws `Malformed`. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  for (let at = 0; at < message.length; ) {
    const found = headAt(message, at);
    const end = found ? at + found.head + found.body : Number.POSITIVE_INFINITY;
    if (!found || end > message.length) throw new Malformed('a field is cut off');
    yield field(message.subarray(at, end), found);
    at = end;
  }
}

/** The fields of a message as it comes, one in memory at a time. Throws `Malformed`. */
export async function* streamedFields(source: AsyncIterable<Uint8Array>): AsyncGenerator<Field> {
  const held = new Held();
  let skip = 0;
  for await (const chunk of source) {
    held.push(chunk);
    skip -= held.drop(skip);
    for (let next = held.next(); next; next = held.next()) {
      if (next.head + next.body > LONGEST_FIELD) {
        skip = next.head + next.body;
        skip -= held.drop(skip);
        break;
      }
      if (held.length < next.head + next.body) break;
      yield field(held.take(next.head + next.body), next);
    }
  }
  if (held.length > 0 || skip > 0) throw new Malformed('a field is cut off');
}

/** Bytes that wait for the rest of their field; joined once per field and not once per packet. */
class Held {
  #chunks: Uint8Array[] = [];
  length = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Drops at most this many bytes; answers how many. */
  drop(bytes: number): number {
    const dropped = Math.min(bytes, this.length);
    if (dropped > 0) this.take(dropped);
    return dropped;
  }

  take(bytes: number): Uint8Array {
    const all = this.#joined();
    const rest = all.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.length = rest.length;
    return all.subarray(0, bytes);
  }

  /** The field that begins here; null while too few bytes of it have come. */
  next(): Head | null {
    const [first] = this.#chunks;
    if (!first) return null;
    const head = headAt(first, 0);
    if (head || first.length >= 2 * LONGEST_VARINT || this.#chunks.length === 1) return head;
    return headAt(this.#joined(), 0);
  }

  #joined(): Uint8Array {
    const [only] = this.#chunks;
    if (only && this.#chunks.length === 1) return only;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

function headAt(bytes: Uint8Array, at: number): Head | null {
  const tag = varintAt(bytes, at);
  if (!tag) return null;
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (wire === WIRE.fixed64) return { number, head: tag.size, body: 8, hasLength: false };
  if (wire === WIRE.fixed32) return { number, head: tag.size, body: 4, hasLength: false };
  const value = varintAt(bytes, at + tag.size);
  if (wire === WIRE.varint) return value && { number, head: tag.size, body: value.size, hasLength: false };
  if (wire !== WIRE.bytes) throw new Malformed(`wire type ${wire}`);
  return value && { number, head: tag.size + value.size, body: value.value, hasLength: true };
}

function varintAt(bytes: Uint8Array, at: number): { value: number; size: number } | null {
  let value = 0;
  for (let size = 1; size <= LONGEST_VARINT; size++) {
    const byte = bytes[at + size - 1];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * (size - 1));
    if (byte < 0x80) return { value, size };
  }
  throw new Malformed('a number without an end');
}

function field(encoded: Uint8Array, { number, head, hasLength }: Head): Field {
  return { number, encoded, value: hasLength ? encoded.subarray(head) : new Uint8Array() };
}
