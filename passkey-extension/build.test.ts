import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { buildExtension } from './build.ts';
import { TEXTS } from './src/texts.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function build(gateways: string[] = []) {
  const out = mkdtempSync(join(tmpdir(), 'ryze-extension-'));
  folders.push(out);
  buildExtension({ out, gateways });
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  return { out, read, manifest: JSON.parse(read('manifest.json')) };
}

describe('the built extension', () => {
  it('may reach WhatsApp Web, and gateways only when its user allows them', () => {
    const { manifest } = build();
    expect(manifest.permissions).toEqual(['scripting']);
    expect(manifest.host_permissions).toEqual(['https://web.whatsapp.com/*']);
    expect(manifest.optional_host_permissions).toEqual([
      'https://*/*',
      'http://localhost/*',
      'http://127.0.0.1/*',
    ]);
    expect(manifest.content_scripts).toHaveLength(1);
    expect(manifest.content_scripts[0].matches).toEqual(['https://web.whatsapp.com/*']);
    const others = ['web_accessible_resources', 'externally_connectable', 'optional_permissions', 'key'];
    expect(Object.keys(manifest).filter((name) => others.includes(name))).toEqual([]);
  });

  it('for named gateways may reach these and can be allowed no other', () => {
    const { manifest } = build(['https://gateway.example.com/wa']);
    expect(manifest.host_permissions).toEqual([
      'https://web.whatsapp.com/*',
      'https://gateway.example.com/*',
    ]);
    expect(manifest).not.toHaveProperty('optional_host_permissions');
  });

  it('holds scripts that browsers load, and no test', () => {
    const { out, read, manifest } = build();
    const files = readdirSync(out);
    expect(files.filter((name) => name.includes('test') || name.endsWith('.ts'))).toEqual([]);
    const imported = files
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [...read(name).matchAll(/from\s+'(.*)'/g)].map(([, from]) => from ?? ''));
    expect(imported.length).toBeGreaterThan(0);
    for (const from of imported) expect(files).toContain(from.replace('./', ''));
    expect(files).toContain(manifest.background.service_worker);
    // Content scripts are no modules.
    expect(read('content.js')).not.toMatch(/\b(import|export)\b/);
  });
});

describe('the texts of the extension', () => {
  const texts = (language: string): Record<string, { message: string; placeholders?: unknown }> =>
    JSON.parse(readFileSync(join(import.meta.dirname, 'src/_locales', language, 'messages.json'), 'utf8'));

  it.each(['en', 'pt'])('are complete in %s, and there are no others', (language) => {
    expect(Object.keys(texts(language)).sort()).toEqual([...TEXTS].sort());
  });

  it('take the same details in both languages', () => {
    const [en, pt] = [texts('en'), texts('pt')];
    for (const name of TEXTS) {
      expect(pt[name]?.placeholders, name).toEqual(en[name]?.placeholders);
      expect(pt[name]?.message.includes('$DETAIL$'), name).toBe(en[name]?.message.includes('$DETAIL$'));
      expect(en[name]?.message.includes('$DETAIL$'), name).toBe(en[name]?.placeholders !== undefined);
    }
  });
});
