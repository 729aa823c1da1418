import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/*.md'];
const EVERYTHING = { exclude: ['**/node_modules/**', '**/.git/**'] };
const CODE = 'gateway/src';
/** Made by a run, and not in the repository. */
const GENERATED = new Set(['bench/results/']);
const FILE = /^[\w@.*-]+(?:\/[\w@.*-]+)*\.(?:ts|md|json|yml)$/;
const INSIDE = /^([\w@.-]+)\/[\w@.*/-]*$/;

/** `page: path` for every file or folder of ours that a page names and that does not exist. */
export function missingPaths(): string[] {
  const known = [...globSync(['**', '.ci/*'], EVERYTHING)];
  const ends = new Set(known.flatMap(endings));
  const rooms = new Set(
    globSync(['*/', `${CODE}/*/`], EVERYTHING).flatMap((path) => path.split('/').slice(-1)),
  );
  const exists = (path: string) => {
    const plain = path.replace(/\/$/, '');
    if (plain.includes('*')) return globSync([plain, `**/${plain}`], EVERYTHING).length > 0;
    return ends.has(plain) || ends.has(`${plain}.ts`);
  };
  return globSync(PAGES).flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const named = namesIn(text).filter((name) => FILE.test(name) || rooms.has(INSIDE.exec(name)?.[1] ?? ''));
    const linked = linksIn(text).map((link) => normalize(join(dirname(page), link)));
    return [
      ...[...named, ...treeIn(text)].filter((name) => !GENERATED.has(name) && !exists(name)),
      ...linked.filter((path) => !known.includes(path)),
    ].map((path) => `${page}: ${path}`);
  });
}

/** What stands in backticks outside blocks of code. */
export function namesIn(page: string): string[] {
  return [...page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
}

/** Targets of links to files, without the part behind `#`. */
export function linksIn(page: string): string[] {
  return [...page.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : [target],
  );
}

/**
 * Paths of a drawn tree: a block that begins with a folder, whose lines are names, indented by two spaces a level, and
 * what they are. Files that the descriptions name are among them.
 */
export function treeIn(page: string): string[] {
  const paths: string[] = [];
  for (const [, block = ''] of page.matchAll(/^```\n([\w.-]+(?:\/[\w.-]+)*\/(?: |\n)[\s\S]*?)^```/gm)) {
    paths.push(...(block.match(/[\w-]+\.ts\b/g) ?? []));
    const parents: string[] = [];
    for (const line of block.split('\n')) {
      const [, indent = '', names] =
        /^((?: {2}){0,4})((?:[\w.-]+(?:\/[\w.-]+)*\/?,? ?)+)(?: |$)/.exec(line) ?? [];
      const all = names?.split(/,? /).filter((name) => /[./]/.test(name)) ?? [];
      if (all.length === 0) continue;
      parents.splice(indent.length / 2);
      paths.push(...all.map((name) => join(...parents, name)));
      parents.push(...all.slice(-1));
    }
  }
  return paths;
}

/** `a/b/c.ts`, `b/c.ts` and `c.ts`: a page may leave out the folders in front. */
function endings(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
}
