import { KeyedMutex } from '../async/keyed-mutex.ts';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { Seal } from '../storage/seal.ts';
import { type AfterCommit, appendEvent } from './append-event.ts';
import type { Channels } from './channels.ts';
import type { NewEvent } from './new-event.ts';
import type { Frame, FrameWait } from './sockets/frame-queue.ts';

/** Appends an event within the transaction; false when `dedupeKey` says that it is already there. */
export type Emit = (event: NewEvent) => Promise<boolean>;

/**
 * The only way to emit an event. The event, its deliveries and all that the caller writes with `trx` are one commit;
 * sockets and courier are notified after that commit, never before. `work` must not start another transaction of the
 * same instance: it would wait for itself.
 */
export interface Outbox {
  transaction<T>(instanceId: string, work: (trx: DatabaseTransaction, emit: Emit) => Promise<T>): Promise<T>;
}

export interface OutboxOptions {
  db: Queries;
  seal: Seal;
  clock: Clock;
  channels: Channels;
  /** The gateway's public base URL; asked per event, because a free port is known only once it listens. */
  baseUrl: () => string;
  /** Gets each committed event that the WebSocket configuration lets through; `frame` serialises on demand. */
  hub: { publish(instanceId: string, frame: Frame, wait: FrameWait | null): void };
  /** Woken with the webhooks that have something new. */
  courier: { wake(webhookIds: Iterable<string>): void };
  /** Woken when an instance has files to fetch. */
  files?: { wake(instanceId: string): void };
  /** How long channels that show a file wait for it, milliseconds; the contract's 30 seconds when left out. */
  fileWaitMs?: number;
}

const FILE_WAIT_MS = 30_000;

/**
 * One transaction of an instance at a time: ids are given inside it, so their order is the order of the commits,
 * and a reader that saw an id never finds a lower one later. Different instances do not wait for each other.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, seal, clock, channels, baseUrl, hub, courier, files, fileWaitMs = FILE_WAIT_MS } = options;
  const instances = new KeyedMutex();
  return {
    transaction: (instanceId, work) =>
      instances.run(instanceId, async () => {
        const afterCommit: AfterCommit = { frames: [], webhookIds: new Set(), hasFiles: false };
        const result = await db.transaction().execute((trx) =>
          work(trx, async (event) => {
            const current = await channels.of(trx, instanceId);
            if (!current) throw failure('instance_unknown');
            const shared = { trx, instanceId, afterCommit, seal, clock, fileWaitMs };
            return appendEvent({ ...shared, channels: current, baseUrl: baseUrl() }, event);
          }),
        );
        for (const { frame, wait } of afterCommit.frames) hub.publish(instanceId, frame, wait);
        if (afterCommit.webhookIds.size > 0) courier.wake(afterCommit.webhookIds);
        if (afterCommit.hasFiles) files?.wake(instanceId);
        return result;
      }),
  };
}
