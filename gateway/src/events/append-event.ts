import type { Clock } from '../clock.ts';
import { query } from '../storage/prepared.ts';
import type { DatabaseTransaction } from '../storage/queries.ts';
import type { EventRow } from '../storage/schema.ts';
import type { Seal } from '../storage/seal.ts';
import type { InstanceChannels } from './channels.ts';
import { envelopeOf, envelopeText } from './envelope.ts';
import { fileView, TIMED_OUT, WEBHOOK_BASE64_BYTES, WEBSOCKET_BASE64_BYTES, withFile } from './file-view.ts';
import { insertDelivery, newDelivery } from './new-delivery.ts';
import type { NewEvent } from './new-event.ts';
import type { Frame, FrameWait } from './sockets/frame-queue.ts';

/** What follows the commit of a transaction that appended events. */
export interface AfterCommit {
  frames: { frame: Frame; wait: FrameWait | null }[];
  /** Webhooks that have something new. */
  webhookIds: Set<string>;
  hasFiles: boolean;
}

export interface AppendContext {
  trx: DatabaseTransaction;
  instanceId: string;
  channels: InstanceChannels;
  afterCommit: AfterCommit;
  seal: Seal;
  clock: Clock;
  baseUrl: string;
  /** How long channels that show a file wait for it, milliseconds. */
  fileWaitMs: number;
}

/** Stores an event, unless the instance has one with its key: then no row comes back. */
const insertEvent = query((db, { id, instance_id, kind, lane, dedupe_key, data, created_at }: EventRow) =>
  db
    .insertInto('events')
    .values({ id, instance_id, kind, lane, dedupe_key, data, created_at })
    .onConflict((conflict) => conflict.columns(['instance_id', 'dedupe_key']).doNothing())
    .returning('id'),
);

/** Appends an event and its deliveries; false when its `dedupeKey` says that it is already there. */
export async function appendEvent(
  { trx, instanceId, channels, afterCommit, seal, clock, baseUrl, fileWaitMs }: AppendContext,
  event: NewEvent,
): Promise<boolean> {
  const now = clock.now();
  const { kind, lane } = event;
  const row: EventRow = {
    id: `evt_${channels.nextId()}`,
    instance_id: instanceId,
    kind,
    lane,
    dedupe_key: event.dedupeKey,
    data: JSON.stringify(event.data),
    created_at: now,
  };
  const { rows: inserted } = await insertEvent(trx, row);
  if (inserted.length === 0) return false;

  const envelope = envelopeOf(row, channels, baseUrl);
  const shown = new ShownFile(event, channels, row.data, now + fileWaitMs);
  for (const webhook of channels.webhooks) {
    if (!webhook.events.has(kind)) continue;
    const id = `dlv_${channels.nextId()}`;
    const { waitsUntil, data } = shown.on(webhook, WEBHOOK_BASE64_BYTES);
    const source = { id, instanceId, webhook, lane, envelope: { ...envelope, data }, now, waitsUntil };
    await insertDelivery(trx, { ...newDelivery(seal, source), replayed: 0 });
    afterCommit.webhookIds.add(webhook.id);
  }
  if (channels.websocket?.events.has(kind)) {
    const { waitsUntil, data } = shown.on(channels.websocket, WEBSOCKET_BASE64_BYTES);
    const wait = waitsUntil === null ? null : { eventId: row.id, until: waitsUntil };
    const frame: Frame = (file) =>
      envelopeText({ ...envelope, data: file ? withFile(data, file) : data }, { includeToken: true });
    afterCommit.frames.push({ frame, wait });
  }
  if (event.file && 'appended' in event.file) {
    await event.file.appended(row.id, shown.waitsUntil);
    afterCommit.hasFiles = true;
  }
  return true;
}

/** How each channel shows the file of an event, and whether it waits for it. */
class ShownFile {
  readonly #file: NewEvent['file'];
  readonly #hasBucket: boolean;
  readonly #data: string;
  readonly #until: number;
  /** The moment at which the channels that wait go on without the file; null when no channel waits. */
  waitsUntil: number | null = null;

  constructor({ file }: NewEvent, { hasBucket }: InstanceChannels, data: string, until: number) {
    this.#file = file;
    this.#hasBucket = hasBucket;
    this.#data = data;
    this.#until = until;
  }

  /** What the channel gets if its file does not come before `waitsUntil`; null = it does not wait. */
  on({ mediaBase64 }: { mediaBase64: boolean }, limit: number): { waitsUntil: number | null; data: string } {
    const file = this.#file;
    if (!file) return { waitsUntil: null, data: this.#data };
    if (!('appended' in file)) {
      return { waitsUntil: null, data: withFile(this.#data, fileView(file, mediaBase64, limit)) };
    }
    if (!this.#hasBucket && !mediaBase64) return { waitsUntil: null, data: this.#data };
    this.waitsUntil = this.#until;
    return { waitsUntil: this.#until, data: withFile(this.#data, TIMED_OUT) };
  }
}
