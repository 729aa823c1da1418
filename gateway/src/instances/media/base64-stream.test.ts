import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Length, base64Of } from './base64-stream.ts';

test('chunks of any size make the same base64 as the whole, of the length that was announced', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(chunks, async (parts) => {
      async function* source() {
        yield* parts;
      }
      let text = '';
      for await (const piece of base64Of(source())) text += piece;
      const whole = Buffer.concat(parts);
      expect(text).toBe(whole.toString('base64'));
      expect(text).toHaveLength(base64Length(whole.length));
    }),
  );
});
