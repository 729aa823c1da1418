import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  /** The file that imports, below the folder that was read. */
  from: string;
  /** A file below that folder, a path that leads out of it (`../…`), or the name of a package. */
  to: string;
  typeOnly: boolean;
}

const STATEMENT = /\b(?:import|export)\b([^'";]*?)\bfrom\s*'([^']+)'|\bimport\s*(?:\(\s*)?'([^']+)'/g;

/** Every import of the TypeScript files below a folder, of types and at run time as well. */
export function importsBelow(folder: string): Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).flatMap((file) => importsOf(folder, file));
}

function importsOf(folder: string, from: string): Import[] {
  const text = readFileSync(join(folder, from), 'utf8');
  return [...text.matchAll(STATEMENT)].map(([, what = '', named, alone = '']) => {
    const target = named ?? alone;
    const to = target.startsWith('.') ? normalize(join(dirname(from), target)) : target;
    return { from, to, typeOnly: /^\s*type\b/.test(what) };
  });
}

/** Files that import each other in a circle, each circle once; empty when there is none. */
export function circlesIn(imports: Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const { to } of targets.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return circles;
}
