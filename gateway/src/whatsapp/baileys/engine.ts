import { Browsers, makeWASocket, proto, type WASocket } from 'baileys';
import { STATUS } from '../jid.ts';
import { openMessage } from '../wire.ts';
import { boundedCache, deviceCache } from './caches.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { engineGroup } from './engine-group.ts';
import { engineLog } from './engine-log.ts';
import { keepFewMessages } from './recent-messages.ts';
import { makeBridgeSignalRepository } from './signal/repository.ts';

/** As which we register; a passkey's messages name the platform again. */
export const BROWSER = Browsers.ubuntu('Chrome');
export const PLATFORM_TYPE = proto.DeviceProps.PlatformType.CHROME;
/** Also the contract's limit for number and group queries within a send. */
export const QUERY_TIMEOUT_MS = 20_000;
const MINUTE_MS = 60_000;
/** Baileys' own keep-alive has no report and a deadline of its own; the watchdog does that work. */
const NEVER_MS = 2 ** 31 - 1;
/**
 * `pairing/` shows the codes and ends the attempt. Longer than any attempt lives, and no longer: a timer that Baileys
 * forgets keeps a dead socket in memory.
 */
const ENGINE_QR_MS = 15 * MINUTE_MS;

type EngineOptions = Pick<
  ConnectionOptions,
  'auth' | 'url' | 'agent' | 'media' | 'markOnline' | 'syncHistory' | 'listener' | 'clientVersion' | 'log'
>;

/** Opens a Baileys socket, with everything in it that keeps, caches or decides replaced by ours. */
export function openEngine({
  auth,
  url,
  agent,
  media,
  listener,
  clientVersion,
  log,
  ...options
}: EngineOptions): WASocket {
  const socket = makeWASocket({
    ...(clientVersion.chosen && { version: clientVersion.chosen }),
    ...(url ? { waWebSocketUrl: url } : {}),
    ...(agent ? { agent, fetchAgent: agent } : {}),
    // Baileys fetches history and app state by itself, and takes it along there.
    options: { dispatcher: media } as never,
    auth: auth.state,
    logger: engineLog(log),
    browser: BROWSER,
    // Baileys would put this deadline, with two stack traces, on every frame. Ours is on the connecting alone; that
    // frames arrive is the watchdog's concern.
    connectTimeoutMs: 0,
    defaultQueryTimeoutMs: QUERY_TIMEOUT_MS,
    keepAliveIntervalMs: NEVER_MS,
    qrTimeout: ENGINE_QR_MS,
    markOnlineOnConnect: options.markOnline,
    syncFullHistory: options.syncHistory,
    // It would take whole chunks into memory while messages wait; the listener takes them in beside everything else.
    shouldSyncHistoryMessage: () => false,
    emitOwnEvents: false,
    // The store refuses to go on after a failed write, so trying again in here would only delay that.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    msgRetryCounterCache: boundedCache(1_000, 60 * MINUTE_MS),
    callOfferCache: boundedCache(100, 5 * MINUTE_MS),
    placeholderResendCache: boundedCache(1_000, 60 * MINUTE_MS),
    userDevicesCache: deviceCache(5_000, 5 * MINUTE_MS),
    // Else every message to a group would ask the server who is in it.
    cachedGroupMetadata: async (jid) => {
      const group = await listener.group(jid);
      return group ? engineGroup(group) : undefined;
    },
    // Baileys would send a status again as a private message to a device that could not read it.
    getMessage: async ({ id, remoteJid }) => {
      const message = id && remoteJid !== STATUS ? await listener.sentMessage(id) : undefined;
      return message && openMessage(message);
    },
    makeSignalRepository: makeBridgeSignalRepository,
  });
  keepFewMessages(socket.messageRetryManager);
  return socket;
}
