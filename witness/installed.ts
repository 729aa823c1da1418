import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = join(import.meta.dirname, 'clients', 'node_modules');

/** The folder of a witness's package. */
export function folderOf(name: string): string {
  return join(PACKAGES, ...name.split('/'));
}

/**
 * Whether a witness's package is installed. Without it, one line says that its tests were not run; on CI that would
 * hide all of them, so there it is a failure.
 */
export function isInstalled(name: string): boolean {
  if (existsSync(folderOf(name))) return true;
  const message = `${name} is not installed (node scripts/install-witnesses.ts)`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}: its tests were not run\n`);
  return false;
}
