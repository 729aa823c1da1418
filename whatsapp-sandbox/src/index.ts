import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { actionRoutes } from './control/actions.ts';
import { appStateRoutes } from './control/app-state.ts';
import { callRoutes } from './control/calls.ts';
import { faultRoutes } from './control/faults.ts';
import { groupRoutes } from './control/groups.ts';
import { historyRoutes } from './control/history.ts';
import { type Route, serveRoutes } from './control/http.ts';
import { mediaRoutes } from './control/media.ts';
import { messageRoutes } from './control/messages.ts';
import { newsletterRoutes } from './control/newsletters.ts';
import { passkeyRoutes } from './control/passkeys.ts';
import { phoneRoutes } from './control/phones.ts';
import { receiptRoutes } from './control/receipts.ts';
import { stanzaRoutes } from './control/stanzas.ts';
import { statsRoutes } from './control/stats.ts';
import { trafficRoutes } from './control/traffic.ts';
import { startMediaHost } from './media/host.ts';
import { Phones } from './phones/directory.ts';
import { acceptClients, CHAT_PATH } from './server/connection/listener.ts';
import { ServerContext } from './server/context.ts';
import { keepState, readState } from './state/file.ts';
import { restoreSnapshot } from './state/snapshot.ts';
import { makeServerIdentity } from './wire/certificate.ts';

/** Clients show the first ref for 60 seconds and the other five for 20 each. */
const REFS_TTL_MS = 170_000;

export interface SandboxOptions {
  /** Port on 127.0.0.1; a free one when absent or 0. */
  port?: number;
  /** Port of the media host on 127.0.0.1; a free one when absent or 0. */
  mediaPort?: number;
  /** File that keeps phones and linked devices across restarts. */
  state?: string;
  /** Silent when absent. */
  log?: Logger;
  /** How long six QR refs are good for before six new ones replace them. */
  refsTtlMs?: number;
  /** Milliseconds since the epoch; the system clock when absent. */
  clock?: () => number;
}

/** What a client needs to connect; the answer of `GET /control/info`. */
export interface SandboxInfo {
  url: string;
  /** Public root key of the certificate chain, hexadecimal: a client's `WA_CERT_DETAILS.PUBLIC_KEY`. */
  rootKey: string;
  /** Static Noise key of the server, hexadecimal: what a client remembers to resume with Noise IK. */
  noiseKey: string;
  /** Host and port that serve media over HTTPS. */
  mediaHost: string;
  /** File with the certificate of the media host, PEM. */
  mediaCa: string;
  control: string;
}

export interface Sandbox {
  info: SandboxInfo;
  close(): Promise<void>;
}

/** Starts a WhatsApp server with its phones and its control API on one loopback port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const log = options.log ?? pino({ level: 'silent' });
  const clock = options.clock ?? Date.now;
  const kept = options.state === undefined ? undefined : readState(options.state);
  const identity = kept?.identity ?? makeServerIdentity(Math.floor(clock() / 1000));
  const ctx = new ServerContext({
    identity,
    log,
    clock,
    refsTtlMs: options.refsTtlMs ?? REFS_TTL_MS,
  });
  const phones = new Phones(ctx);
  if (kept) restoreSnapshot(ctx, phones, kept);
  const http = createServer();
  const disconnect = acceptClients(ctx, http);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const media = await startMediaHost(ctx.media, { port: options.mediaPort ?? 0, now: Date.now(), log });
  const info: SandboxInfo = {
    url: `ws://127.0.0.1:${port}${CHAT_PATH}`,
    rootKey: Buffer.from(identity.root.public).toString('hex'),
    noiseKey: Buffer.from(identity.noise.public).toString('hex'),
    mediaHost: ctx.media.host,
    mediaCa: media.ca,
    control: `http://127.0.0.1:${port}/control`,
  };
  const routes: Route[] = [
    { method: 'GET', path: '/control/info', handle: () => info },
    ...phoneRoutes(ctx, phones),
    ...passkeyRoutes(phones),
    ...historyRoutes(ctx, phones),
    ...groupRoutes(ctx, phones),
    ...newsletterRoutes(ctx, phones),
    ...messageRoutes(ctx, phones),
    ...mediaRoutes(ctx, phones),
    ...actionRoutes(ctx, phones),
    ...appStateRoutes(phones),
    ...callRoutes(phones),
    ...faultRoutes(ctx),
    ...trafficRoutes(ctx, phones),
    ...stanzaRoutes(ctx, phones),
    ...receiptRoutes(ctx, phones),
    ...statsRoutes(ctx),
  ];
  const stopSaving = options.state === undefined ? undefined : keepState(ctx, phones, options.state);
  http.on('request', serveRoutes(routes, ctx));
  return {
    info,
    close: async () => {
      disconnect();
      stopSaving?.();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      await media.close();
      ctx.media.close();
    },
  };
}
