import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { SpooledText } from '../../storage/spooled-text.ts';
import { TempFolder } from '../../storage/temp-files.ts';
import { JsonSpool, TooMuchLeft } from './json-spool.ts';

/** A little longer than what is kept in memory, as all long texts here: some tests send them byte by byte. */
const LONG = 'iVBORw0K'.repeat(8_500);
const folder = await mkdtemp(join(tmpdir(), 'json-spool-'));
const temporary = new TempFolder(folder);
afterAll(() => rm(folder, { recursive: true }));

/** Reads a body that arrives in pieces of this size, with the files' texts in their places. */
async function read(json: string, pieceBytes: number) {
  const spool = new JsonSpool(['file', 'other'], async () => temporary);
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length; at += pieceBytes) await spool.push(bytes.subarray(at, at + pieceBytes));
  return spool.end((left) => JSON.parse(left.toString()));
}

async function texts(value: unknown): Promise<unknown> {
  if (value instanceof SpooledText) return text(value.pieces());
  if (Array.isArray(value)) return Promise.all(value.map(texts));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([name, each]) => [name, await texts(each)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

test.each([1, 2, 7, 64, 65_536, 10_000_000])(
  'long strings of the fields become files, in pieces of %i',
  async (size) => {
    const body = {
      a: 'file',
      file: LONG,
      b: { other: LONG },
      c: LONG,
      cards: [{ file: LONG }, { file: 'short' }],
    };
    const value = (await read(JSON.stringify(body), size)) as typeof body;
    expect(value.file).toBeInstanceOf(SpooledText);
    expect(value.b.other).toBeInstanceOf(SpooledText);
    expect(value.cards[0]?.file).toBeInstanceOf(SpooledText);
    expect([value.c, value.cards[1]?.file]).toEqual([LONG, 'short']);
    expect(await texts(value)).toEqual(body);
  },
);

test('a null before it does not hide a field', async () => {
  const value = (await read(`{"file": null, "other" : "${LONG}"}`, 100)) as { other: unknown };
  expect(value.other).toBeInstanceOf(SpooledText);
});

test.each([
  ['slashes as PHP writes them', `${'ab\\/c'.repeat(14_000)}`, 'ab/c'.repeat(14_000)],
  ['signs as .NET writes them', `${'ab\\u002B='.repeat(8_000)}`, 'ab+='.repeat(8_000)],
  ['line breaks', `${'abcd\\r\\n'.repeat(9_000)}`, 'abcd\r\n'.repeat(9_000)],
  ['quotes and backslashes', `${'a\\"\\\\'.repeat(14_000)}`, 'a"\\'.repeat(14_000)],
])('%s are read', async (_name, written, meant) => {
  for (const size of [3, 65_537]) {
    expect(await texts(await read(`{"file":"${written}"}`, size))).toEqual({ file: meant });
  }
});

test('what is not spooled is as it was, for any JSON in any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.integer({ min: 1, max: 50 }), async (json, size) => {
      expect(await read(json, size)).toEqual(JSON.parse(json));
    }),
    { numRuns: 300 },
  );
});

test('a reference that a client writes itself is a text like any other', async () => {
  const value = (await read(`{"file":"${LONG}","a":"x/0"}`, 1_000)) as { a: unknown };
  expect(value.a).toBe('x/0');
});

test('what is left without the files is bounded', async () => {
  await expect(read(`{"unknown":"${'x'.repeat(17 * 1_048_576)}"}`, 65_536)).rejects.toThrow(TooMuchLeft);
});

test('a body that breaks off leaves no open file', async () => {
  const spool = new JsonSpool(['file'], async () => temporary);
  await spool.push(Buffer.from(`{"file":"${LONG}`));
  expect(() => spool.end((left) => JSON.parse(left.toString()))).toThrow(SyntaxError);
  await spool.abandon();
  expect((await readdir(folder)).length).toBeGreaterThan(0);
});
