import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from './docs/configuration.ts';
import { coveragePage, NO_TEST, NOT_BUILT } from './docs/coverage.ts';
import { missingPaths } from './docs/paths.ts';

/*
 * Writes the reference pages that are made from code. With `--check` it writes nothing and fails when a page on disk
 * is not what the code says. A hole in the coverage is a failure either way, and so is a path in any page that names
 * nothing.
 */

const pages: Record<string, () => string | Promise<string>> = {
  'docs/configuration.md': configurationPage,
  'docs/coverage.md': coveragePage,
};

const check = process.argv.includes('--check');
let stale = false;
let hole = false;
for (const [path, page] of Object.entries(pages)) {
  const fresh = await page();
  if (fresh.includes(NO_TEST) || fresh.includes(NOT_BUILT)) {
    hole = true;
    console.log(`${path} shows a hole`);
  }
  if (existsSync(path) && readFileSync(path, 'utf8') === fresh) continue;
  stale = true;
  if (!check) writeFileSync(path, fresh);
  console.log(check ? `${path} is not fresh: run npm run docs` : `wrote ${path}`);
}
const missing = missingPaths();
for (const name of missing) console.log(`${name} does not exist`);
if (hole || missing.length > 0 || (check && stale)) process.exit(1);
