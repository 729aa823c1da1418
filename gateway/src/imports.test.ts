import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { circlesIn, type Import, importsBelow } from './testing/imports.ts';

const below = (folder: string) => importsBelow(fileURLToPath(new URL(folder, import.meta.url)));
const all = below('.');
const product = all.filter(({ from }) => !isTest(from));

/** From the top: a room imports only rooms below its own line. */
const LAYERS = [
  ['cli'],
  ['app.ts'],
  ['app'],
  ['http'],
  ['foundation.ts'],
  ['config.ts'],
  ['config'],
  ['instances'],
  ['mailbox'],
  ['events', 'tenancy'],
  ['failure.ts'],
  ['whatsapp'],
  ['storage'],
  ['net', 'async'],
  ['telemetry'],
  ['clock.ts', 'ids.ts', 'product.ts'],
];

const ENGINE = 'whatsapp/baileys/';
const ENGINE_PACKAGES = /^(baileys|@hapi\/boom)(\/|$)/;
const PROTO = 'whatsapp/proto.ts';
const WIRE = 'whatsapp/wire.ts';
const SANDBOX = '@ryze/whatsapp-sandbox';

/** Tests that need the engine's package itself, and what for. */
const ENGINE_IN_TESTS = [
  'testing/stock-device.ts', // another linked device of the account, which runs stock Baileys
  'http/routes/newsletter/newsletter.test.ts', // the id of a query that the sandbox is to refuse
];

function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || /(^|\/)testing\//.test(file);
}

function roomOf(file: string): string {
  return file.slice(0, file.indexOf('/') + 1 || undefined).replace('/', '');
}

function layerOf(file: string): number {
  return LAYERS.findIndex((rooms) => rooms.includes(roomOf(file)));
}

const isOurs = ({ to }: Import) => to.endsWith('.ts') && !to.startsWith('..');
const shown = (imports: Import[]) => imports.map(({ from, to }) => `${from} -> ${to}`);
const breaches = (imports: Import[], isBreach: (each: Import) => boolean) => shown(imports.filter(isBreach));

describe('the imports of the gateway', () => {
  test('are read, and every room has its layer', () => {
    expect(product.filter(isOurs).length).toBeGreaterThan(1_000);
    expect([...new Set(product.map(({ from }) => roomOf(from)))].filter((room) => layerOf(room) < 0)).toEqual(
      [],
    );
  });

  test('lead from a room to rooms below it only', () => {
    expect(
      breaches(
        product.filter(isOurs),
        ({ from, to }) => roomOf(from) !== roomOf(to) && layerOf(from) >= layerOf(to),
      ),
    ).toEqual([]);
  });

  test('run in no circle, those of types included', () => {
    expect(circlesIn(product.filter(isOurs))).toEqual([]);
  });

  test('reach the engine from its own folder, and its messages from one file beside it', () => {
    const mayImport = (file: string) =>
      file.startsWith(ENGINE) || file === PROTO || ENGINE_IN_TESTS.includes(file);
    expect(breaches(all, ({ from, to }) => ENGINE_PACKAGES.test(to) && !mayImport(from))).toEqual([]);
  });

  test('name the folder of the engine in the composition root only', () => {
    expect(
      breaches(
        product,
        ({ from, to }) =>
          to.startsWith(ENGINE) && !from.startsWith(ENGINE) && !['app', 'app.ts'].includes(roomOf(from)),
      ),
    ).toEqual([]);
  });

  test("keep WhatsApp's own forms in whatsapp/: elsewhere they have opaque types", () => {
    const outside = product.filter(({ from }) => roomOf(from) !== 'whatsapp');
    expect(breaches(outside, ({ to, typeOnly }) => to === PROTO || (to === WIRE && !typeOnly))).toEqual([]);
  });

  test('name the composition root in the command line and in tests only', () => {
    const isRoot = (file: string) => ['app', 'app.ts'].includes(roomOf(file));
    expect(
      breaches(
        product.filter(isOurs),
        ({ from, to }) => isRoot(to) && !isRoot(from) && roomOf(from) !== 'cli',
      ),
    ).toEqual([]);
  });

  test('name tests and their helpers in tests only', () => {
    expect(breaches(product.filter(isOurs), ({ to }) => isTest(to))).toEqual([]);
  });

  test('and the imports of the sandbox never meet in the product', () => {
    expect(breaches(product, ({ to }) => to.startsWith(SANDBOX) || to.startsWith('../'))).toEqual([]);
    const sandbox = below('../../whatsapp-sandbox/src');
    expect(sandbox.length).toBeGreaterThan(100);
    expect(breaches(sandbox, ({ to }) => to.includes('gateway'))).toEqual([]);
  });
});
