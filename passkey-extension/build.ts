import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const SOURCE = join(import.meta.dirname, 'src');

interface BuildOptions {
  /** Folder to load into the browser; it is emptied first. */
  out: string;
  /** Origins of the gateways that it is for. None: its user allows each gateway at the first click. */
  gateways: string[];
}

/** Makes the unpacked extension: TypeScript without its types, everything else as it is. */
export function buildExtension({ out, gateways }: BuildOptions): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(SOURCE)) {
    if (name.endsWith('.test.ts')) continue;
    if (name.endsWith('.ts')) writeFileSync(join(out, name.replace(/ts$/, 'js')), script(join(SOURCE, name)));
    else cpSync(join(SOURCE, name), join(out, name), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(SOURCE, 'manifest.json'), 'utf8'));
  writeFileSync(join(out, 'manifest.json'), JSON.stringify(narrowed(manifest, gateways), null, 2));
}

/** Browsers load modules by their name, so imports name the file that the build writes. */
function script(file: string): string {
  return stripTypeScriptTypes(readFileSync(file, 'utf8')).replace(/(from\s+'\.\/[\w-]+)\.ts'/g, "$1.js'");
}

/** A build for named gateways asks its user for no permission, and can reach no other gateway. */
function narrowed(
  manifest: { host_permissions: string[]; optional_host_permissions?: string[] },
  gateways: string[],
): object {
  if (gateways.length === 0) return manifest;
  const { optional_host_permissions: _, ...rest } = manifest;
  const patterns = gateways.map((gateway) => `${new URL(gateway).origin}/*`);
  return { ...rest, host_permissions: [...manifest.host_permissions, ...patterns] };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(import.meta.dirname, 'dist') },
      gateway: { type: 'string', multiple: true, default: [] },
    },
  });
  buildExtension({ out: values.out, gateways: values.gateway });
  process.stdout.write(`Load ${values.out} at chrome://extensions (Developer mode, "Load unpacked").\n`);
}
