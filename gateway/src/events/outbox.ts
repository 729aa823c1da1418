import { KeyedMutex } from '../async/keyed-mutex.ts';
import type { Clock } from '../clock.ts';
import { failure } from '../failure.ts';
import { query } from '../storage/prepared.ts';
import type { DatabaseTransaction, Queries } from '../storage/queries.ts';
import type { EventRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import type { EventName } from './catalog.ts';
import type { Channels, InstanceChannels } from './channels.ts';
import { type Envelope, envelopeText } from './envelope.ts';
import {
  type FileState,
  fileView,
  TIMED_OUT,
  WEBHOOK_BASE64_BYTES,
  WEBSOCKET_BASE64_BYTES,
  withFile,
} from './file-view.ts';
import { insertDelivery, newDelivery } from './new-delivery.ts';
import type { Frame, FrameWait } from './sockets/frame-queue.ts';

export interface NewEvent {
  kind: EventName;
  /** JID of the chat whose events must stay in order; null = the instance's own lane. */
  lane: string | null;
  /** Two events of one instance with the same key are one event; null = always a new one. */
  dedupeKey: string | null;
  /** The envelope's `data`. */
  data: object;
  /** The file that the `media` block in `data` is about. */
  file?: FileInWait | FileState;
}

/**
 * A file that is still to be fetched. Channels that show it wait for it, the others do not.
 * `appended` runs in the transaction, if the event is new: nobody fetches a file of which nothing was told.
 * `waitsUntil` is null when no channel waits.
 */
export interface FileInWait {
  appended(eventId: string, waitsUntil: number | null): Promise<void>;
}

/** Appends an event within the transaction; false when `dedupeKey` says that it is already there. */
export type Emit = (event: NewEvent) => Promise<boolean>;

/**
 * The only way to report something. Event, deliveries and whatever the caller writes with `trx` are one commit;
 * sockets and courier hear of it after that commit, never before. `work` must not start another transaction of the
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
  /** Told of each committed event that the WebSocket configuration lets through; `frame` serialises on demand. */
  hub: { publish(instanceId: string, frame: Frame, wait: FrameWait | null): void };
  /** Told which webhooks have something new. */
  courier: { wake(webhookIds: Iterable<string>): void };
  /** Told that an instance has files to fetch. */
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
  const { db, channels, hub, courier, files } = options;
  const instances = new KeyedMutex();
  return {
    transaction: (instanceId, work) =>
      instances.run(instanceId, async () => {
        const news: News = { frames: [], webhookIds: new Set(), hasFiles: false };
        const result = await db.transaction().execute((trx) =>
          work(trx, async (event) => {
            const of = await channels.of(trx, instanceId);
            if (!of) throw failure('instance_unknown');
            return append({ trx, instanceId, of, news }, event, options);
          }),
        );
        for (const { frame, wait } of news.frames) hub.publish(instanceId, frame, wait);
        if (news.webhookIds.size > 0) courier.wake(news.webhookIds);
        if (news.hasFiles) files?.wake(instanceId);
        return result;
      }),
  };
}

/** What to tell after the commit. */
interface News {
  frames: { frame: Frame; wait: FrameWait | null }[];
  webhookIds: Set<string>;
  hasFiles: boolean;
}

interface Appending {
  trx: DatabaseTransaction;
  instanceId: string;
  of: InstanceChannels;
  news: News;
}

async function append(
  { trx, instanceId, of, news }: Appending,
  event: NewEvent,
  { seal, clock, baseUrl, fileWaitMs = FILE_WAIT_MS }: OutboxOptions,
): Promise<boolean> {
  const now = clock.now();
  const eventId = `evt_${of.nextId()}`;
  const data = JSON.stringify(event.data);
  const { kind, lane, dedupeKey } = event;
  const row = {
    id: eventId,
    instance_id: instanceId,
    kind,
    lane,
    dedupe_key: dedupeKey,
    data,
    created_at: now,
  };
  const { rows: inserted } = await insertEvent(trx, row);
  if (inserted.length === 0) return false;

  const envelope: Envelope = {
    event: kind,
    eventId,
    data,
    baseUrl: baseUrl(),
    instance: of.name,
    token: of.token,
  };
  const shown = shownFile(event, of, data, now + fileWaitMs);
  for (const webhook of of.webhooks) {
    if (!webhook.events.has(kind)) continue;
    const id = `dlv_${of.nextId()}`;
    const { waitsUntil, data } = shown.on(webhook, WEBHOOK_BASE64_BYTES);
    const source = { id, instanceId, webhook, lane, envelope: { ...envelope, data }, now, waitsUntil };
    await insertDelivery(trx, { ...newDelivery(seal, source), replayed: 0 });
    news.webhookIds.add(webhook.id);
  }
  if (of.websocket?.events.has(kind)) {
    const { waitsUntil, data } = shown.on(of.websocket, WEBSOCKET_BASE64_BYTES);
    const wait = waitsUntil === null ? null : { eventId, until: waitsUntil };
    const frame: Frame = (file) =>
      envelopeText({ ...envelope, data: file ? withFile(data, file) : data }, { includeToken: true });
    news.frames.push({ frame, wait });
  }
  if (event.file && 'appended' in event.file) {
    await event.file.appended(eventId, shown.waitsUntil());
    news.hasFiles = true;
  }
  return true;
}

/** Stores an event, unless the instance has one with its key: then no row comes back. */
const insertEvent = query((db, { id, instance_id, kind, lane, dedupe_key, data, created_at }: EventRow) =>
  db
    .insertInto('events')
    .values({ id, instance_id, kind, lane, dedupe_key, data, created_at })
    .onConflict((conflict) => conflict.columns(['instance_id', 'dedupe_key']).doNothing())
    .returning('id'),
);

/** How each channel shows the file of an event, and whether it waits for it. */
function shownFile({ file }: NewEvent, { hasBucket }: InstanceChannels, data: string, until: number) {
  let waits = false;
  return {
    /** What leaves when nothing comes in between. */
    on({ mediaBase64 }: { mediaBase64: boolean }, limit: number) {
      if (!file) return { waitsUntil: null, data };
      if (!('appended' in file)) {
        return { waitsUntil: null, data: withFile(data, fileView(file, mediaBase64, limit)) };
      }
      if (!hasBucket && !mediaBase64) return { waitsUntil: null, data };
      waits = true;
      return { waitsUntil: until, data: withFile(data, TIMED_OUT) };
    },
    /** null when no channel waits. */
    waitsUntil: () => (waits ? until : null),
  };
}
