import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/*
 * What is installed for the product must be permissive. `bench/stock` holds the GPL's libsignal on purpose
 * and is not walked: it is no workspace, nothing of the product resolves into its node_modules, and it is
 * never shipped.
 */
const root = join(import.meta.dirname, '..');

type Manifest = {
  name?: string;
  version?: string;
  license?: string | { type?: string };
  licenses?: { type?: string }[];
};
type Installed = { path: string; name: string; licence: string };

const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]);

/** libvips comes prebuilt as a shared library of its own, which the LGPL allows beside any program. */
const isLinkedLibvips = ({ name }: Installed) => name.startsWith('@img/sharp-libvips-');

const directories = (folder: string): Dirent[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter(
        (entry) => !entry.name.startsWith('.') && !entry.isFile(),
      )
    : [];

/** Every package under a node_modules folder, nested ones too; links are the workspaces, walked themselves. */
function packagesIn(nodeModules: string): string[] {
  return directories(nodeModules).flatMap((entry) => {
    const path = join(nodeModules, entry.name);
    if (entry.isSymbolicLink()) return [];
    if (entry.name.startsWith('@')) return packagesIn(path);
    return [path, ...packagesIn(join(path, 'node_modules'))];
  });
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function licenceOf({ license, licenses }: Manifest): string {
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? '';
}

/** Packages from before npm asked for the field say it under a heading of their Readme. */
function licenceInReadme(folder: string): string {
  const readme = join(folder, 'Readme.md');
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  return /^## License\s+(?:MIT|\(The MIT License\))$/m.test(text) ? 'MIT' : '';
}

/** Of an SPDX expression: one alternative of every `AND` part must be permissive. */
function isPermissive(licence: string): boolean {
  return licence
    .replaceAll(/[()]/g, ' ')
    .split(/\sAND\s/)
    .every((part) => part.split(/\sOR\s/).some((alternative) => PERMISSIVE.has(alternative.trim())));
}

const workspaces = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] })
  .workspaces;
const installed: Installed[] = ['.', ...workspaces]
  .flatMap((workspace) => packagesIn(join(root, workspace, 'node_modules')))
  .filter((path) => existsSync(join(path, 'package.json')))
  .map((path) => {
    const found = manifest(path);
    const licence = licenceOf(found) || licenceInReadme(path);
    return { path: relative(root, path), name: found.name ?? '', licence };
  });

describe('the licences of what is installed', () => {
  it('are looked at for the whole tree', () => {
    const paths = installed.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['node_modules/baileys', 'node_modules/whatsapp-rust-bridge']),
    );
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { link?: boolean }>;
    };
    const locked = Object.keys(packages).filter(
      (path) => path.includes('node_modules/') && !packages[path]?.link,
    );
    const missed = locked.filter(
      (path) => existsSync(join(root, path, 'package.json')) && !paths.includes(path),
    );
    expect(missed).toEqual([]);
  });

  it('are permissive, all of them', () => {
    const refused = installed.filter(
      (found) =>
        !isPermissive(found.licence) &&
        !(isLinkedLibvips(found) && /^(Apache-2\.0 AND )?LGPL-3\.0/.test(found.licence)),
    );
    expect(refused).toEqual([]);
  });

  it('would not let a copyleft licence or none pass', () => {
    for (const licence of [
      '',
      'GPL-3.0',
      'AGPL-3.0-only',
      'LGPL-3.0-or-later',
      'MIT AND GPL-2.0',
      'UNLICENSED',
    ]) {
      expect(isPermissive(licence), licence).toBe(false);
    }
    for (const licence of ['MIT', '(MIT OR GPL-3.0)', 'MIT AND (BSD-3-Clause OR GPL-2.0)']) {
      expect(isPermissive(licence), licence).toBe(true);
    }
  });

  it('include no libsignal but our own stand-in', () => {
    expect(realpathSync(join(root, 'node_modules/libsignal'))).toBe(join(root, 'signal'));
    expect(
      installed.filter(({ name }) => name === 'libsignal' || name === '@whiskeysockets/libsignal-node'),
    ).toEqual([]);
  });
});
