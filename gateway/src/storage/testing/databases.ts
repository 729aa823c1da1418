import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { createLog } from '../../telemetry/log.ts';
import { type DatabaseTarget, openStorage, type Storage } from '../database.ts';
import type { Dialect } from '../dialect.ts';

/** A fresh, migrated database of one test. */
export interface TestStorage extends Storage {
  /** To open it a second time, as another process of the gateway would. */
  target: DatabaseTarget;
  /** An empty folder of this test's own. */
  folder: string;
  /** Closes and removes everything. What a test leaves open is closed when its file ends. */
  close(): Promise<void>;
}

export interface TestDatabase {
  name: Dialect;
  open(): Promise<TestStorage>;
}

const postgresUrl = inject('postgresUrl') ?? '';
const opened = new Set<TestStorage>();
afterAll(async () => {
  await Promise.all([...opened].map((storage) => storage.close()));
});

/** `describe.each(databases)('…', ({ open }) => …)`: the same guarantees on every database that the gateway runs on. */
export const databases: TestDatabase[] = [
  { name: 'sqlite', open: () => openTest('sqlite') },
  ...(postgresUrl ? [{ name: 'postgres' as const, open: () => openTest('postgres') }] : []),
];

async function openTest(dialect: Dialect): Promise<TestStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'ryze-test-'));
  const name = `ryze_test_${randomBytes(8).toString('hex')}`;
  const target = dialect === 'sqlite' ? sqliteIn(folder) : await createDatabase(name);
  const storage = await openStorage(target, createLog('silent'));
  let closing: Promise<void> | undefined;
  const close = async () => {
    opened.delete(test);
    await storage.close();
    if (dialect === 'postgres') await administer(`drop database ${name} with (force)`);
    await rm(folder, { recursive: true, force: true });
  };
  const test: TestStorage = {
    ...storage,
    target,
    folder,
    close() {
      closing ??= close();
      return closing;
    },
  };
  opened.add(test);
  return test;
}

function sqliteIn(folder: string): DatabaseTarget {
  return { dialect: 'sqlite', file: join(folder, 'gateway.db') };
}

async function createDatabase(name: string): Promise<DatabaseTarget> {
  await administer(`create database ${name} template template0`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { dialect: 'postgres', url: url.href };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
