import { randomBytes, randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Channels } from './events/channels.ts';
import { Courier } from './events/courier.ts';
import { FileNews } from './events/file-news.ts';
import { FrameLine } from './events/frame-line.ts';
import { Hub } from './events/hub.ts';
import { createOutbox } from './events/outbox.ts';
import { type Foundation, type GatewayContext, layFoundation } from './foundation.ts';
import { Idempotency } from './http/idempotency.ts';
import type { NotReady } from './http/readiness.ts';
import type { Route } from './http/route.ts';
import { adminRoutes } from './http/routes/admin/index.ts';
import { callRoutes } from './http/routes/call/index.ts';
import { chatRoutes } from './http/routes/chat/index.ts';
import { communityRoutes } from './http/routes/community/index.ts';
import { eventRoutes } from './http/routes/events/index.ts';
import { groupRoutes } from './http/routes/group/index.ts';
import { healthRoutes } from './http/routes/health/index.ts';
import { instanceRoutes } from './http/routes/instance/index.ts';
import { mediaRoutes } from './http/routes/media/index.ts';
import { messageRoutes } from './http/routes/message/index.ts';
import { newsletterRoutes } from './http/routes/newsletter/index.ts';
import { profileRoutes } from './http/routes/profile/index.ts';
import { createServer } from './http/server.ts';
import { socketRoute } from './http/socket/route.ts';
import { answerCaller } from './instances/answer-caller.ts';
import { CallDesk } from './instances/call-desk.ts';
import { ChatActions } from './instances/chat-actions.ts';
import { ChatStates } from './instances/chat-states.ts';
import { ChatTargets } from './instances/chat-target.ts';
import { GroupSync } from './instances/group-sync.ts';
import { HistoryImports } from './instances/history-imports.ts';
import { Ingest } from './instances/ingest.ts';
import { LiveSupervisor } from './instances/live-supervisor.ts';
import { createMedia } from './instances/media/create.ts';
import { NewsletterDesk } from './instances/newsletter-desk.ts';
import { NewsletterSync } from './instances/newsletter-sync.ts';
import { PrivacyDesk } from './instances/privacy-desk.ts';
import { ProfileDesk } from './instances/profile-desk.ts';
import { proxyOf } from './instances/proxy.ts';
import { Recipients } from './instances/recipients.ts';
import { InstanceRecords } from './instances/records.ts';
import { removeInstance } from './instances/remove.ts';
import type { SendOptions } from './instances/send-message.ts';
import { Sender } from './instances/sender.ts';
import { settingsOf } from './instances/settings.ts';
import { createStateLog } from './instances/state-log.ts';
import { TokensInClear } from './instances/tokens-in-clear.ts';
import { forgetCleared } from './mailbox/clearing.ts';
import { NumberBook } from './mailbox/number-book.ts';
import { forbiddenLiteral } from './net/address-policy.ts';
import { GuardedFetch } from './net/guarded-fetch.ts';
import { guardedLookup, hostNotAllowed } from './net/guarded-lookup.ts';
import { PRODUCT } from './product.ts';
import { forgetCalls, forgetDeliveries, forgetEvents, forgetMessages } from './storage/retention.ts';
import { RetentionJob } from './storage/retention-job.ts';
import type { InstanceRow } from './storage/schema.ts';
import { holdSingleWriter, type SingleWriter } from './storage/single-writer.ts';
import { TempFiles } from './storage/temp-files.ts';
import type { AccessWatcher } from './tenancy/access-watcher.ts';
import { Accounts } from './tenancy/accounts.ts';
import { Directory } from './tenancy/directory.ts';
import { trustSandbox } from './whatsapp/baileys/endpoint.ts';
import { createLinkedDevices } from './whatsapp/baileys/linked-device.ts';
import { proxyAgent } from './whatsapp/baileys/proxy-agent.ts';
import { MediaNetwork } from './whatsapp/media/network.ts';
import { CONNECT_TIMEOUT_MS } from './whatsapp/media/outgoing/fetch-file.ts';
import { Ffmpeg } from './whatsapp/media/outgoing/tools.ts';
import { fetchPreview } from './whatsapp/outbound/link-preview.ts';

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
  /** Finishes what runs, tells WebSocket clients to come back, closes every session and the database. */
  stop(): Promise<void>;
}

/** Builds every part once, by hand, in order. Throws `AlreadyServed` when another gateway serves this data. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, clock } = options;
  const server = randomUUID().slice(0, SERVER_NAME_CHARACTERS);
  const foundation = await layFoundation(config, options.log, server);
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

async function build(
  { config, clock, log }: AppOptions,
  { storage, seal, lookup, close }: Foundation,
  writer: SingleWriter,
): Promise<App> {
  const { db } = storage;
  const allowed = config.allowedPrivateRanges;
  const startedAt = clock.now();
  let baseUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  let notReady: Exclude<NotReady, 'database'> | null = 'starting';
  if (config.sandbox) trustSandbox(config.sandbox.rootKey);

  const fetch = new GuardedFetch({ allowed, clock });
  const media = new MediaNetwork(config.sandbox?.media ?? null);
  const mediaFetch = new GuardedFetch({ allowed, clock, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const files = new TempFiles(config.dataDir);
  await files.sweep();
  const directory = new Directory({ db, clock, lookup });
  const channels = new Channels({ seal, clock, log });
  const hub = new Hub({ clock, log });
  const courier = new Courier({
    storage,
    seal,
    clock,
    log,
    fetch,
    channels,
    userAgent: `${PRODUCT.name}/${PRODUCT.version} (webhook)`,
  });
  const frames = new FrameLine({ hub, clock });
  const outbox = createOutbox({
    db,
    seal,
    clock,
    channels,
    baseUrl: () => baseUrl,
    hub: frames,
    courier,
    files: { wake: (instanceId) => mediaFiles.fetcher.wake(instanceId) },
    fileWaitMs: config.mediaWaitMs,
  });

  const history = new HistoryImports({
    db,
    outbox,
    clock,
    log,
    files,
    settingsOf,
    networkOf: (instance) => media.through(agentOf(instance)),
    identitiesOf: (id) => supervisor.session(id).identities,
  });
  const groupSync = new GroupSync({ clock, log });
  const newsletterSync = new NewsletterSync({ db, clock, log });
  const supervisor: LiveSupervisor = new LiveSupervisor({
    db,
    clock,
    random: Math.random,
    log,
    devices: createLinkedDevices({ db, seal, clock }),
    states: createStateLog({ db, outbox, clock }),
    url: config.sandbox?.url ?? null,
    agentOf,
    media,
    settingsOf,
    listenerOf: (id) =>
      new Ingest(id, {
        db,
        outbox,
        clock,
        log,
        settingsOf,
        sessions: supervisor,
        calls,
        history,
        metNewsletter: (jid) => void newsletterSync.met(id, () => supervisor.session(id), jid),
      }),
    opened: (id, session) => {
      history.wake(id);
      void groupSync.opened(id, session);
      void newsletterSync.opened(id, session);
    },
  });

  const mediaFiles = createMedia({
    db,
    seal,
    clock,
    log,
    news: new FileNews({ outbox, seal, clock, channels, baseUrl: () => baseUrl, frames, courier }),
    dataDir: config.dataDir,
    allowed,
    limits: config.media,
    network: media,
    agentOf,
    sessions: supervisor,
  });

  /** The proxy of an instance. Its address is checked here too: what was allowed when it was set may not be now. */
  function agentOf(instance: InstanceRow): Agent | null {
    const proxy = proxyOf(instance, seal);
    if (!proxy) return null;
    if (forbiddenLiteral(proxy.host, allowed)) throw hostNotAllowed(proxy.host);
    return proxyAgent({ ...proxy, port: Number(proxy.port) }, guardedLookup(allowed));
  }

  const numbers = new NumberBook(clock);
  const sending: SendOptions = {
    sender: new Sender({ outbox, clock, log, random: randomBytes, sessions: supervisor }),
    recipients: new Recipients({ db, numbers, now: clock.now }),
    sessions: supervisor,
    random: randomBytes,
  };
  const calls = new CallDesk({
    db,
    outbox,
    clock,
    log,
    numbers,
    sessions: supervisor,
    settingsOf,
    answer: (instance, to, text) => answerCaller(instance, to, text, sending),
  });
  const watcher: AccessWatcher = {
    tokenEnded: (principal, tokenLookup, at) => hub.tokenEnded(principal, tokenLookup, at),
    async accountSuspended(accountId) {
      hub.accountSuspended(accountId);
      await supervisor.accountSuspended();
    },
    accountResumed: () => supervisor.accountResumed(),
    instanceChanged: (instanceId) => channels.changed(instanceId),
    instanceDeleted(instanceId) {
      channels.changed(instanceId);
      numbers.forget(instanceId);
      hub.instanceDeleted(instanceId);
      void mediaFiles.instanceDeleted(instanceId);
    },
  };
  const records = new InstanceRecords({ db, seal, clock, lookup, watcher });
  const accounts = new Accounts({
    db,
    clock,
    lookup,
    watcher,
    rateLimitPerMinute: config.rateLimitPerMinute,
    removeInstance: (instance) => removeInstance({ records, supervisor }, instance),
  });
  const groupDeps = { db, clock, fetch, numbers, sync: groupSync, sessions: supervisor };
  const idempotency = new Idempotency({ db, clock, log, owner: randomUUID() });

  const targets = new ChatTargets({ db, numbers });
  const routes: Route[] = [
    ...healthRoutes({ db, clock, startedAt, readiness: { reason: () => notReady } }),
    ...adminRoutes({ accounts }),
    ...instanceRoutes({
      db,
      seal,
      clock,
      log,
      allowed,
      records,
      supervisor,
      tokens: new TokensInClear({ seal, log }),
      watcher,
    }),
    ...chatRoutes({
      ...sending,
      files: mediaFiles.chatFiles,
      tempFiles: files,
      mediaRoute: mediaFiles.route,
      db,
      clock,
      numbers,
      targets,
      actions: new ChatActions({ db, outbox, clock, targets, sessions: supervisor }),
      chatStates: new ChatStates({
        clock,
        log,
        sessions: supervisor,
        staysOnline: (instance) => settingsOf(instance).keepOnlineStatus,
      }),
    }),
    ...eventRoutes({
      storage,
      db,
      seal,
      clock,
      log,
      allowed,
      channels,
      courier,
      baseUrl: () => baseUrl,
      eventLogDays: config.eventLogDays,
    }),
    ...callRoutes({ calls, sessions: supervisor }),
    ...groupRoutes(groupDeps),
    ...communityRoutes(groupDeps),
    ...messageRoutes({
      ...sending,
      now: clock.now,
      media: { files, fetch: mediaFetch, clock, tools: new Ffmpeg(clock), random: randomBytes },
      preview: (url) => fetchPreview(url, { fetch, clock, log }),
    }),
    ...newsletterRoutes({
      newsletters: new NewsletterDesk({ db, clock, fetch, sessions: supervisor, sync: newsletterSync }),
    }),
    ...profileRoutes({
      profiles: new ProfileDesk({ db, clock, fetch, numbers, sessions: supervisor }),
      privacy: new PrivacyDesk({ clock, sessions: supervisor }),
    }),
    ...mediaRoutes({ db, clock, log, media: mediaFiles, sessions: supervisor }),
    socketRoute({ db, clock, hub, directory }),
  ];
  const server = await createServer({
    files,
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
  });

  const retention = new RetentionJob({
    clock,
    log,
    forget: {
      'delivered webhooks': forgetDeliveries(db, 'delivered'),
      'dead webhooks': forgetDeliveries(db, 'dead'),
      events: forgetEvents(db, config.eventLogDays),
      messages: forgetMessages(db, config.messageDays),
      'cleared messages': forgetCleared(db),
      calls: forgetCalls(db),
      ...mediaFiles.forget,
      'idempotency keys': () => idempotency.sweep(),
    },
  });

  return {
    accounts,
    records,
    routes,
    async start() {
      await server.listen({ host: config.host, port: config.port });
      const url = `http://${hostInUrl(config.host)}:${portOf(server)}`;
      baseUrl = config.publicUrl ?? url;
      await courier.recover();
      courier.start();
      await mediaFiles.start();
      supervisor.start();
      retention.start();
      notReady = null;
      return url;
    },
    async stop() {
      notReady = 'draining';
      hub.shutdown();
      frames.close();
      await server.close();
      await calls.stop();
      await supervisor.stop();
      await history.stop();
      await mediaFiles.stop();
      await courier.stop();
      await retention.stop();
      await fetch.close();
      await media.close();
      await mediaFetch.close();
      await close();
      await writer.release();
    },
  };
}

function portOf(server: FastifyInstance): number {
  return (server.server.address() as AddressInfo).port;
}

/** An address that listens on everything is reached as localhost. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
