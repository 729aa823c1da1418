/** One field of a protobuf message: a number for varints, bytes for length-delimited fields. */
export type Field = { readonly number: number; readonly value: number | Uint8Array };

/**
 * The fields of a protobuf message in wire order. Throws on anything that is not one; fixed-width fields do
 * not occur in Signal's messages and records and are refused too.
 */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;

  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      // Multiplication, because a shift would wrap at 32 bits.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('Malformed protobuf: varint');
  };

  while (at < bytes.length) {
    const tag = next();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) {
      fields.push({ number, value: next() });
    } else if (wireType === 2) {
      const end = next() + at;
      if (end > bytes.length) throw new Error('Malformed protobuf: length');
      fields.push({ number, value: bytes.subarray(at, end) });
      at = end;
    } else {
      throw new Error(`Malformed protobuf: wire type ${wireType}`);
    }
  }
  return fields;
}

/** The last value of a varint field (the last one wins, as protobuf has it). */
export function numberField(fields: readonly Field[], number: number): number | undefined {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** The last value of a length-delimited field. */
export function bytesField(fields: readonly Field[], number: number): Uint8Array | undefined {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : undefined;
}

/** A non-negative integer as a varint. */
export function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
}
