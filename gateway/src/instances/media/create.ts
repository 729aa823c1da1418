import type { Agent } from 'node:https';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { MediaUpdates } from '../../events/media-updates.ts';
import type { AddressRange } from '../../net/address-policy.ts';
import { Blobs } from '../../storage/blobs.ts';
import type { Queries } from '../../storage/queries.ts';
import type { Forget } from '../../storage/retention.ts';
import type { InstanceRow } from '../../storage/schema.ts';
import type { Seal } from '../../storage/seal.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { MediaNetwork } from '../../whatsapp/media/network.ts';
import { bucketOf } from './buckets.ts';
import { ChatFiles } from './chat-files.ts';
import { Fetcher, type FetcherOptions } from './fetcher.ts';
import { FileQueue } from './file-queue.ts';
import { forgetExcessFiles, forgetOldFiles, forgetStrayFiles } from './forget-files.ts';

export interface MediaOptions {
  db: Queries;
  seal: Seal;
  clock: Clock;
  log: Logger;
  mediaUpdates: MediaUpdates;
  dataDir: string;
  /** The operator's exceptions to the address policy. */
  allowed: readonly AddressRange[];
  limits: MediaLimits;
  network: Pick<MediaNetwork, 'through'>;
  /** The way out of an instance; null = directly. */
  agentOf(instance: InstanceRow): Agent | null;
  sessions: FetcherOptions['sessions'];
}

export interface MediaLimits {
  /** Days that files are kept in the data folder. */
  days: number;
  /** All of them together. */
  folderBytes: number;
  /** One file; larger ones are not fetched. */
  fileBytes: number;
}

/** Files that come in: what fetches them, where they lie, and what makes them go. */
export interface Media {
  fetcher: Fetcher;
  blobs: Blobs;
  chatFiles: ChatFiles;
  bucketOf: FetcherOptions['bucketOf'];
  route: FetcherOptions['route'];
  forget: Record<string, Forget>;
  /** Takes away what an instance that is gone has in the folder. */
  instanceDeleted(instanceId: string): Promise<void>;
  /** Opens the folder and begins to fetch. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const FOLDER = 'media';

export function createMedia(options: MediaOptions): Media {
  const { db, seal, clock, log, mediaUpdates, dataDir, allowed, limits, network, agentOf, sessions } =
    options;
  const blobs = new Blobs(join(dataDir, FOLDER));
  const ofInstance = (instance: InstanceRow) => bucketOf(instance, { seal, allowed });
  const chatFiles = new ChatFiles({ db, blobs, clock, log, bucketOf: ofInstance });
  const route: Media['route'] = (instance) => {
    const agent = agentOf(instance);
    const dispatcher = network.through(agent);
    // One through a proxy is made for this transfer alone.
    return { dispatcher, done: () => (agent ? dispatcher.destroy() : Promise.resolve()) };
  };
  const fetcher = new Fetcher({
    db,
    clock,
    log,
    mediaUpdates,
    blobs,
    sessions,
    queue: new FileQueue(db),
    random: Math.random,
    maxBytes: limits.fileBytes,
    bucketOf: ofInstance,
    route,
  });
  const store = { db, blobs };
  return {
    fetcher,
    blobs,
    chatFiles,
    bucketOf: ofInstance,
    route,
    forget: {
      'old files': forgetOldFiles(store, limits.days),
      'files beyond what the folder may hold': forgetExcessFiles(store, limits.folderBytes),
      'stray files': forgetStrayFiles(store),
      'objects of deleted chats': (now) => chatFiles.deleteObjects(now),
    },
    async instanceDeleted(instanceId) {
      try {
        await fetcher.forget(instanceId);
        await blobs.deleteInstance(instanceId);
      } catch (error) {
        log.warn(
          { err: error, instanceId },
          'files of a deleted instance are still there; they go with the next sweep',
        );
      }
    },
    async start() {
      await blobs.open();
      await fetcher.recover();
      fetcher.start();
    },
    async stop() {
      await fetcher.stop();
      await chatFiles.stop();
    },
  };
}
