import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blockOf, decodeBlock, encodeBlock, type PreKeys } from './pre-key-blocks.ts';

describe('a block of pre-keys', () => {
  it('gives back what was put in, under the same ids', () => {
    const ids = ['128', '129', '191'];
    const block: PreKeys = new Map(
      ids.map((id) => [id, { public: randomBytes(32), private: randomBytes(32) }]),
    );
    expect(new Set(ids.map(blockOf))).toEqual(new Set(['2']));
    expect(decodeBlock('2', encodeBlock(block))).toEqual(block);
  });
});
