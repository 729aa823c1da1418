import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs a folder of the repository (`bench/stock`) from its own lock file, unless that very lock file is installed
 * already: tests call this every time, and `npm ci` would start from nothing every time. Ends the process with code 1
 * when npm fails.
 */
export function installLocked(name: string): void {
  const folder = join(import.meta.dirname, '..', name);
  const marker = join(folder, 'node_modules', '.installed-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (read(marker) === wanted) {
    console.log(`${name}: installed`);
    return;
  }
  const npm = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error(
      `${name}: npm ci failed\n${npm.error?.message ?? ''}${npm.stdout ?? ''}${npm.stderr ?? ''}`,
    );
    process.exit(1);
  }
  // Written last: an installation that was cut short has no marker and starts over.
  writeFileSync(marker, wanted);
  console.log(`${name}: installed anew`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
