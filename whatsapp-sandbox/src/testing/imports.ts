import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What each file imports, as it is written: `./jid.ts`, `node:fs`, `baileys`. */
export type Imports = Map<string, string[]>;

const SPECIFIER = /\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;

/** Imports and re-exports of a source, those of types and dynamic ones included. */
export function importsIn(source: string): string[] {
  return [...source.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier);
}

/** Reads every TypeScript file under a folder; files are named from there, with `/`. */
export function readImports(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => [file.replaceAll('\\', '/'), importsIn(readFileSync(join(folder, file), 'utf8'))]),
  );
}

/** The file that a relative import names, from the same folder as the importing file; undefined for a package. */
export function resolveImport(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative('.', join(file, '..', specifier)).replaceAll('\\', '/');
}

/** The first circle of files that import each other: its files in order, the first one again at the end. */
export function findCircle(imports: Imports): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const before = path.indexOf(file);
    if (before >= 0) return [...path.slice(before), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const specifier of imports.get(file) ?? []) {
      const target = resolveImport(file, specifier);
      const circle = target === undefined ? undefined : visit(target);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}
