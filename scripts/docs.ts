import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { settings } from '../gateway/src/config.ts';

/*
 * Writes the reference pages that are made from code. With `--check` it writes nothing and fails when a page on disk
 * is not what the code says.
 */

const pages: Record<string, () => string> = {
  'docs/configuration.md': configurationPage,
};

function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, { fallback, help }]) => {
    const value = fallback === null ? 'not set' : fallback === '' ? 'empty' : `\`${fallback}\``;
    return `| \`${name}\` | ${value} | ${help} |`;
  });
  return [
    '# Configuration',
    '',
    '<!-- Made by `npm run docs` from gateway/src/config.ts. -->',
    '',
    'The gateway is configured by environment variables. An empty value counts as not set. A wrong value stops the',
    'start with one line that names the variable.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const check = process.argv.includes('--check');
const stale = Object.entries(pages).filter(([path, page]) => {
  const fresh = page();
  if (existsSync(path) && readFileSync(path, 'utf8') === fresh) return false;
  if (!check) writeFileSync(path, fresh);
  return true;
});
for (const [path] of stale) console.log(check ? `${path} is not fresh: run npm run docs` : `wrote ${path}`);
if (check && stale.length > 0) process.exit(1);
