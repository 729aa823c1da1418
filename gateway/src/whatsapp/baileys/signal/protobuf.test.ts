import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, numberField, readFields, varint } from './protobuf.ts';
import { ownRecord, preKeyHeader } from './records.ts';

const field = fc.tuple(
  fc.integer({ min: 1, max: 500 }),
  fc.oneof(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.uint8Array({ maxLength: 300 })),
);

describe('reading protobuf', () => {
  it('finds every field that was written, in order', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 10 }), (fields) => {
        const wire = fields.flatMap(([number, value]) =>
          typeof value === 'number'
            ? [...varint(number * 8), ...varint(value)]
            : [...varint(number * 8 + 2), ...varint(value.length), ...value],
        );
        expect(readFields(Uint8Array.from(wire))).toEqual(
          fields.map(([number, value]) => ({ number, value })),
        );
      }),
    );
  });

  it('ends with fields or an error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const { number } of readFields(bytes)) expect(number).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(String(error)).toContain('Malformed protobuf');
        }
      }),
    );
  });

  it('takes the last value of a field, and only one of the asked kind', () => {
    const fields = readFields(Uint8Array.from([8, 1, 8, 2, 18, 1, 7]));
    expect(numberField(fields, 1)).toBe(2);
    expect(bytesField(fields, 2)).toEqual(Uint8Array.of(7));
    expect(bytesField(fields, 1)).toBeUndefined();
    expect(numberField(fields, 3)).toBeUndefined();
  });
});

describe('what comes from outside', () => {
  it('has a pre-key header or none, on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const header = preKeyHeader(bytes);
        if (header) expect(header.identityKey).toHaveLength(33);
      }),
    );
  });

  it('is a record of ours only in bytes that begin like one', () => {
    for (const foreign of [
      undefined,
      null,
      {},
      'x',
      new Uint8Array(),
      Buffer.from('{}'),
      Buffer.from('[]'),
    ]) {
      expect(ownRecord(foreign)).toBeNull();
    }
    expect(ownRecord(Uint8Array.of(0x0a, 0))).not.toBeNull();
  });
});
