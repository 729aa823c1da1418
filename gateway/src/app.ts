import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Base, closeBase, createBase } from './app/base.ts';
import { createEvents, type Events } from './app/events.ts';
import { createRoutes } from './app/routes.ts';
import { createSessions, type Sessions } from './app/sessions.ts';
import { createTenants } from './app/tenants.ts';
import { type Foundation, type GatewayContext, openFoundation } from './foundation.ts';
import { Idempotency } from './http/idempotency.ts';
import type { NotReady } from './http/readiness.ts';
import type { Route } from './http/route.ts';
import { createServer } from './http/server.ts';
import { hangUpAll } from './instances/calls/hang-up.ts';
import type { InstanceRecords } from './instances/records.ts';
import { forgetCleared } from './mailbox/clearing.ts';
import { forgetCalls, forgetDeliveries, forgetEvents, forgetMessages } from './storage/retention.ts';
import { RetentionJob } from './storage/retention-job.ts';
import { holdSingleWriter, type SingleWriter } from './storage/single-writer.ts';
import type { Accounts } from './tenancy/accounts.ts';
import { Directory } from './tenancy/directory.ts';
import { trustSandbox } from './whatsapp/baileys/endpoint.ts';
import { wrapRawKeys } from './whatsapp/baileys/raw-keys.ts';

/** PostgreSQL cuts the names of connections at 63. */
const SERVER_NAME_CHARACTERS = 13;

export interface AppOptions extends GatewayContext {
  /** Another gateway took the data over; this one must end. */
  onTaken(): void;
}

/** A whole gateway. Made stopped; `start` listens and brings the instances back. */
export interface App {
  accounts: Accounts;
  records: InstanceRecords;
  /** Every operation that it serves. */
  routes: readonly Route[];
  /** Resolves with the base URL under which it listens. */
  start(): Promise<string>;
  /** Finishes what runs, asks WebSocket clients to connect again, closes every session and the database. */
  stop(): Promise<void>;
}

/**
 * Builds every part once, by hand, in order. Wraps the process's cipher functions (`raw-keys.ts`). Throws `AlreadyServed` when another gateway serves this data.
 */
export async function createApp(options: AppOptions): Promise<App> {
  wrapRawKeys();
  const { config, clock } = options;
  const server = randomUUID().slice(0, SERVER_NAME_CHARACTERS);
  const foundation = await openFoundation(config, options.log, server);
  try {
    const writer = await holdSingleWriter({
      target: config.database,
      server,
      dataDir: config.dataDir,
      clock,
      onTaken: options.onTaken,
    });
    return await build(options, foundation, writer);
  } catch (error) {
    await foundation.close();
    throw error;
  }
}

async function build(context: AppOptions, foundation: Foundation, writer: SingleWriter): Promise<App> {
  const { config, clock, log } = context;
  const startedAt = clock.now();
  let baseUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  let notReady: Exclude<NotReady, 'database'> | null = 'starting';
  if (config.sandbox) trustSandbox(config.sandbox.rootKey);

  const base = createBase({ ...context, ...foundation, baseUrl: () => baseUrl });
  const { db, lookup, tempFiles } = base;
  await tempFiles.sweep();
  const events = createEvents(base, { wake: (instanceId) => sessions.media.fetcher.wake(instanceId) });
  const sessions: Sessions = createSessions(base, events);
  const tenants = createTenants(base, events, sessions);
  const directory = new Directory({ db, clock, lookup });
  const idempotency = new Idempotency({ db, clock, log, owner: randomUUID() });
  const routes = createRoutes({
    base,
    events,
    sessions,
    tenants,
    directory,
    startedAt,
    notReady: () => notReady,
  });
  const server = await createServer({
    files: tempFiles,
    routes,
    directory,
    idempotency,
    clock,
    log,
    adminToken: config.adminToken,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    httpsOnly: config.httpsOnly,
    failedLoginsPerMinute: config.failedLoginsPerMinute,
    docs: { publicUrl: config.publicUrl },
    helper: { passkeys: sessions.passkeys, baseUrl: base.baseUrl },
  });
  const retention = createRetention(base, sessions, idempotency);

  return {
    accounts: tenants.accounts,
    records: tenants.records,
    routes,
    async start() {
      await server.listen({ host: config.host, port: config.port });
      const url = `http://${hostInUrl(config.host)}:${portOf(server)}`;
      baseUrl = config.publicUrl ?? url;
      await events.courier.recover();
      events.courier.start();
      await sessions.media.start();
      sessions.history.start();
      sessions.supervisor.start();
      retention.start();
      notReady = null;
      return url;
    },
    async stop() {
      notReady = 'draining';
      await drain(events, sessions, server);
      await retention.stop();
      await closeBase(base);
      await foundation.close();
      await writer.release();
    },
  };
}

/** In this order: no new request, then requests under way, then the connections, then what came in by them. */
async function drain({ hub, frames, courier }: Events, sessions: Sessions, server: FastifyInstance) {
  hub.shutdown();
  frames.close();
  await server.close();
  await hangUpAll(sessions.calls);
  await sessions.supervisor.stop();
  await sessions.history.stop();
  await sessions.media.stop();
  await courier.stop();
}

function createRetention({ config, clock, log, db }: Base, { media }: Sessions, idempotency: Idempotency) {
  return new RetentionJob({
    clock,
    log,
    forget: {
      'delivered webhooks': forgetDeliveries(db, 'delivered'),
      'dead webhooks': forgetDeliveries(db, 'dead'),
      events: forgetEvents(db, config.eventLogDays),
      messages: forgetMessages(db, config.messageDays),
      'cleared messages': forgetCleared(db),
      calls: forgetCalls(db),
      ...media.forget,
      'idempotency keys': () => idempotency.sweep(),
    },
  });
}

function portOf(server: FastifyInstance): number {
  return (server.server.address() as AddressInfo).port;
}

/** An address that listens on everything is reached as localhost. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
