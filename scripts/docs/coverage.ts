import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createApp } from '../../gateway/src/app.ts';
import { systemClock } from '../../gateway/src/clock.ts';
import { readConfig } from '../../gateway/src/config.ts';
import { createLog } from '../../gateway/src/telemetry/log.ts';
import { contractOperations } from './contract-operations.ts';

const TESTS = '{gateway,harness}/**/*.test.ts';
export const NO_TEST = '**no test**';
export const NOT_BUILT = '**not built**';
const ACCESS = 'gateway/src/http/access-matrix.test.ts';
const EXAMPLES = 'gateway/src/http/examples.test.ts';
/** The title of a `describe`, and the cases that it is made for. */
const DESCRIBED = /\bdescribe(?:\.each\(([^)]*)\))?\(\s*[`'"]([^`'"]*)/g;
/** `GET, POST /admin/accounts` names two. */
const OPERATIONS = /\b((?:(?:GET|POST|PUT|PATCH|DELETE)(?:, )?)+) (\/[\w/:-]+)/g;

/** `docs/coverage.md`: each operation of the contract with the tests that name it. */
export async function coveragePage(): Promise<string> {
  const served = await servedOperations();
  const tests = testsByOperation();
  const link = (file: string) => `[${basename(file, '.test.ts')}](../${file})`;
  const row = (operation: string) => {
    const files = tests.get(operation) ?? [];
    const proof = files.length === 0 ? NO_TEST : files.map(link).join(', ');
    return `| \`${operation}\` | ${served.has(operation) ? proof : NOT_BUILT} |`;
  };
  const tables = Object.entries(contractOperations).map(([title, operations]) =>
    [`## ${title}`, '', '| operation | tests |', '|---|---|', ...operations.map(row), ''].join('\n'),
  );
  const extra = [...served].filter((key) => !Object.values(contractOperations).flat().includes(key));
  return [
    '# Coverage',
    '',
    '<!-- Made by `npm run docs` from the route table and the names of the tests. -->',
    '',
    'Every operation of the contract and the tests whose `describe` names it. Besides these, two tests take every route',
    `from the route table: ${link(ACCESS)} asks it as every kind of caller,`,
    `and ${link(EXAMPLES)} executes its example of the API document.`,
    '',
    ...tables,
    ...(extra.length === 0
      ? []
      : ['## Ours', '', '| operation | tests |', '|---|---|', ...extra.map(row), '']),
  ].join('\n');
}

async function servedOperations(): Promise<Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), 'ryze-docs-'));
  try {
    const config = readConfig({ DATA_DIR: folder, ADMIN_TOKEN: 'only-to-list-the-routes' });
    const app = await createApp({ config, clock: systemClock, log: createLog('silent'), onTaken: () => {} });
    await app.stop();
    return new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testsByOperation(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync(TESTS, { exclude: ['**/node_modules/**'] }).toSorted()) {
    const titles = [...readFileSync(file, 'utf8').matchAll(DESCRIBED)].map(
      ([, cases = '', title]) => `${title} ${cases}`,
    );
    for (const operation of new Set(titles.flatMap(operationsIn))) {
      found.set(operation, [...(found.get(operation) ?? []), file]);
    }
  }
  return found;
}

function operationsIn(title: string): string[] {
  return [...title.matchAll(OPERATIONS)].flatMap(([, methods = '', path]) =>
    methods.split(', ').map((method) => `${method} ${path}`),
  );
}
