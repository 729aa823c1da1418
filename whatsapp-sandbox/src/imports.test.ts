import { expect, test } from 'vitest';
import { findCircle, type Imports, importsIn, readImports, resolveImport } from './testing/imports.ts';

const all = readImports(import.meta.dirname);
all.delete('imports.test.ts'); // its examples look like imports
const isTest = (file: string) => file.endsWith('.test.ts');
const product: Imports = new Map([...all].filter(([file]) => !isTest(file)));

/** Every other package of this repository. */
const OTHER_PACKAGES = /^@ryze\/(?!whatsapp-sandbox\b)/;

test('no files of the sandbox import each other in a circle, types included', () => {
  expect(product.size).toBeGreaterThan(100);
  expect(findCircle(product)).toBeUndefined();
});

test('the sandbox imports nothing of the gateway or of any other package of this repository', () => {
  const breaches = [...all].flatMap(([file, specifiers]) =>
    specifiers
      .filter((each) => OTHER_PACKAGES.test(each) || resolveImport(file, each)?.startsWith('..'))
      .map((each) => `${file} imports ${each}`),
  );
  expect(breaches).toEqual([]);
});

test('what the server knows imports no handler', () => {
  for (const [file, specifiers] of product) {
    if (!file.startsWith('server/model/')) continue;
    const targets = specifiers.flatMap((each) => resolveImport(file, each) ?? []);
    expect(targets.filter((target) => !/^(server\/model|wire)\//.test(target))).toEqual([]);
  }
});

test('a circle is found, whichever form of import closes it', () => {
  for (const closing of [
    "import { phone } from './a.ts';",
    "import type { Phone } from './a.ts';",
    "import {\n  type Phone,\n} from './a.ts';",
    "export * from './a.ts';",
    "import './a.ts';",
    "const { phone } = await import('./a.ts');",
    "type Phone = import('./a.ts').Phone;",
  ]) {
    const imports: Imports = new Map([
      ['phones/a.ts', importsIn("import { b } from '../b.ts';")],
      ['b.ts', importsIn("import type { C } from './phones/c.ts';")],
      ['phones/c.ts', importsIn(closing)],
    ]);
    expect(findCircle(imports)).toEqual(['phones/a.ts', 'b.ts', 'phones/c.ts', 'phones/a.ts']);
  }
});

test('a file that several others import is no circle', () => {
  const imports: Imports = new Map([
    ['a.ts', ['./b.ts', './c.ts', 'baileys']],
    ['b.ts', ['./d.ts']],
    ['c.ts', ['./d.ts']],
    ['d.ts', ['node:fs']],
  ]);
  expect(findCircle(imports)).toBeUndefined();
});
