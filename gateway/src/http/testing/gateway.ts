import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { InstanceRecords } from '../../instances/records.ts';
import { TokensInClear } from '../../instances/tokens-in-clear.ts';
import type { Queries } from '../../storage/queries.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import { createSeal, type Seal } from '../../storage/seal.ts';
import type { TestStorage } from '../../storage/testing/databases.ts';
import { createLog, type Logger } from '../../telemetry/log.ts';
import type { AccessWatcher } from '../../tenancy/access-watcher.ts';
import { noAccessWatcher } from '../../tenancy/access-watcher.ts';
import { Accounts } from '../../tenancy/accounts.ts';
import { Directory } from '../../tenancy/directory.ts';
import { type TokenLookup, tokenLookup } from '../../tenancy/tokens.ts';
import { atEnd } from '../../testing/at-end.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { Idempotency } from '../idempotency.ts';
import type { Route } from '../route.ts';
import { createServer, type ServerOptions } from '../server.ts';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';

/** Everything that routes are made of, over one test database. */
export interface TestServices {
  db: Queries;
  seal: Seal;
  clock: TestClock;
  log: Logger;
  lookup: TokenLookup;
  watcher: AccessWatcher;
  directory: Directory;
  records: InstanceRecords;
  accounts: Accounts;
  tokens: TokensInClear;
  idempotency: Idempotency;
}

export interface TestGatewayOptions {
  storage: TestStorage;
  routes: (services: TestServices) => Route[];
  server?: Partial<Omit<ServerOptions, 'routes' | 'directory' | 'idempotency' | 'clock' | 'log'>>;
  log?: Logger;
  watcher?: AccessWatcher;
  /** Takes an instance's connection away, as a supervisor would. */
  removeInstance?: (instance: InstanceRow) => Promise<void>;
}

export interface TestRequest {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  from?: string | undefined;
}

export interface TestAnswer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into answers of every shape
  body: any;
}

export interface TestGateway extends TestServices {
  app: FastifyInstance;
  call(method: string, url: string, request?: TestRequest): Promise<TestAnswer>;
  /** A new account; unlimited unless said otherwise. */
  account(
    settings?: Parameters<Accounts['create']>[0] | { name?: string },
  ): Promise<{ id: string; token: string }>;
  instance(account: { id: string }, name: string, token?: string): Promise<TestInstance>;
}

export interface TestInstance {
  id: string;
  name: string;
  token: string;
  row: InstanceRow;
}

/** A server over the real services, with a clock that the test moves; it ends with the test. */
export async function testGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const services = testServices(options);
  const app = await createServer({
    routes: options.routes(services),
    directory: services.directory,
    idempotency: services.idempotency,
    clock: services.clock,
    log: services.log,
    adminToken: ADMIN_TOKEN,
    allowedOrigins: [],
    ...options.server,
  });
  atEnd(() => app.close());
  return {
    ...services,
    app,
    call: (method, url, request = {}) => call(app, method, url, request),
    account: async (settings = {}) => {
      const { account, token } = await services.accounts.create({
        name: randomUUID(),
        maxInstances: null,
        ...settings,
      });
      return { id: account.id, token };
    },
    instance: async (account, name, token) => {
      const row = await services.records.create(account.id, {
        name,
        token,
        settings: {},
        proxy: null,
        s3: null,
      });
      return { id: row.id, name, token: services.tokens.of(row), row };
    },
  };
}

function testServices({ storage: { db }, ...options }: TestGatewayOptions): TestServices {
  const seal = createSeal(randomBytes(32));
  const clock = new TestClock();
  const log = options.log ?? createLog('silent');
  const lookup = tokenLookup(randomBytes(32));
  const watcher = options.watcher ?? noAccessWatcher;
  const records = new InstanceRecords({ db, seal, clock, lookup, watcher });
  const accounts = new Accounts({
    db,
    clock,
    lookup,
    watcher,
    rateLimitPerMinute: 100,
    removeInstance: async (instance) => {
      await options.removeInstance?.(instance);
      await records.delete(instance);
    },
  });
  return {
    db,
    seal,
    clock,
    log,
    lookup,
    watcher,
    records,
    accounts,
    directory: new Directory({ db, clock, lookup }),
    tokens: new TokensInClear({ seal, log }),
    idempotency: new Idempotency({ db, clock, log, owner: randomUUID() }),
  };
}

async function call(
  app: FastifyInstance,
  method: string,
  url: string,
  { token, body, headers = {}, from }: TestRequest,
): Promise<TestAnswer> {
  const isText = typeof body === 'string';
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(token === undefined ? {} : { token }),
      ...(isText ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body as object }),
    ...(from === undefined ? {} : { remoteAddress: from }),
  });
  const text = answer.body;
  const isPage = String(answer.headers['content-type']).startsWith('text/');
  const parsed = text === '' ? null : isPage ? text : JSON.parse(text);
  return { status: answer.statusCode, headers: answer.headers, body: parsed };
}
